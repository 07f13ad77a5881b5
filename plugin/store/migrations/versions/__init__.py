"""One module per migration; its number is its revision."""
