<?php // osTicket's class.forms.php: what of it is used stands in run.php.
