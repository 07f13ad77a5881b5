"""One folder per helpdesk: what it sends, how it signs it, and how to write back to it.

A connector imports `rules.model`, `rules.errors` and `connectors.base`, never another connector.
`connectors.registry` finds the folders; nothing lists them.
"""
