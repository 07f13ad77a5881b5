<?php // osTicket's class.plugin.php: what of it is used stands in run.php.
