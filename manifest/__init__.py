"""App packages for helpdesks that host a sidebar: one folder per helpdesk, its files below `app/`, its rules as data.

`manifest.building` makes the archive that an admin uploads; `manifest.checking` holds it to the vendor's rules.
"""
