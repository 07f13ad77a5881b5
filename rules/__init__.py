"""The domain: what a ticket is, what the rules say about it, and what is decided.

Nothing here knows of HTTP, SQL or any helpdesk. Read it in the order the data flows:
`model`, `folding`, `signals`, `facts`, `engine`, `decide`.
"""
