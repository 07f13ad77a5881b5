<?php
// What osTicket reads to list the plugin. Copy this folder to include/plugins/sidecue.
return array(
    'id' => 'sidecue:tickets',
    'version' => '1.0',
    'ost_version' => '1.17',
    'name' => 'Sidecue',
    'author' => 'Sidecue',
    'description' => 'Tells Sidecue what happens to tickets, and writes its recommendation as an internal note.',
    'url' => '',
    'plugin' => 'sidecue.php:SidecuePlugin',
);
