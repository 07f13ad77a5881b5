"""Helpdesk app packages, one folder per helpdesk that hosts a sidebar. Imports nothing of ours."""
