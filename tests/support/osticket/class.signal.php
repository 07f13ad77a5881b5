<?php // osTicket's class.signal.php: what of it is used stands in run.php.
