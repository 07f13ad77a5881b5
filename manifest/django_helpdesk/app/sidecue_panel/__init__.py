"""Shows Sidecue beside the ticket in django-helpdesk. Needs nothing besides them."""
