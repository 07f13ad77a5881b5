<?php
/**
 * A stand-in for as much of osTicket as the plugin uses, written from osTicket's source, and one request to it.
 *
 *     php run.php PLUGIN < scenario     told: {config, ticket, requester, entries, signals, staff, language}
 *
 * Writes, when everything else is over, what the request did: {page, notes, department, log}.
 */
define('INCLUDE_DIR', __DIR__ . '/');
ini_set('display_errors', 'stderr');
error_reporting(E_ALL);

class Signal
{
    static $subscribers = array();

    static function connect($signal, $callable, $object = null, $check = null)
    {
        self::$subscribers[$signal][] = array($object, $callable);
    }

    static function send($signal, $object, &$data = null)
    {
        foreach (self::$subscribers[$signal] ?? array() as list($class, $callable)) {
            if (!$class || is_a($object, $class)) {
                call_user_func_array($callable, array($object, &$data));
            }
        }
    }
}

/** A model as osTicket's ORM has it: columns in `ht`, read and written like properties. */
class VerySimpleModel
{
    var $ht;
    static $stored = array();

    function __construct($columns = array())
    {
        $this->ht = $columns;
    }

    function __get($name)
    {
        return $this->ht[$name] ?? null;
    }

    function __set($name, $value)
    {
        $this->ht[$name] = $value;
    }

    static function lookup($id)
    {
        return self::$stored[static::class][$id] ?? null;
    }

    static function objects()
    {
        return new QuerySet(array_values(self::$stored[static::class] ?? array()));
    }
}

class QuerySet extends ArrayObject
{
    function filter($criteria)
    {
        return $this->where(fn ($model) => array_intersect_assoc($criteria, $model->row()) === $criteria);
    }

    function exclude($criteria)
    {
        return $this->where(fn ($model) => !$model->hasFlag($criteria['flags__hasbit']));
    }

    function order_by($column)
    {
        $models = $this->getArrayCopy();
        usort($models, fn ($one, $other) => $one->row()[$column] <=> $other->row()[$column]);
        return new self($models);
    }

    function values_flat(...$columns)
    {
        return new self(array_map(
            fn ($model) => array_map(fn ($column) => $model->row()[$column], $columns),
            $this->getArrayCopy()
        ));
    }

    function first()
    {
        return $this[0];
    }

    private function where($check)
    {
        return new self(array_values(array_filter($this->getArrayCopy(), $check)));
    }
}

class Thread extends VerySimpleModel
{
    function getId() { return $this->id; }
    function getObjectId() { return $this->object_id; }
    function getObjectType() { return $this->object_type; }
}

class ThreadEntryBody
{
    var $body;
    var $type;
    function __construct($body, $type = 'html') { $this->body = $body; $this->type = $type; }
    function getType() { return $this->type; }
    function getClean() { return $this->body; }
    function __toString() { return (string) $this->body; }
}

class TextThreadEntryBody extends ThreadEntryBody
{
    function __construct($body) { parent::__construct($body, 'text'); }
    function getClean() { return htmlspecialchars(trim($this->body)); }
}

class ThreadEntry extends VerySimpleModel
{
    const FLAG_EDITED = 0x0002;
    const FLAG_HIDDEN = 0x0004;
    function row() { return $this->ht; }
    function getId() { return $this->id; }
    function getPid() { return $this->pid ?: 0; }
    function getType() { return $this->type; }
    function getBody() { return new ThreadEntryBody($this->body, $this->format); }
    function getCreateDate() { return $this->created; }
    function getStaffId() { return $this->staff_id ?: 0; }
    function getUserId() { return $this->user_id ?: 0; }
    function getThread() { return Thread::lookup($this->thread_id); }
    function hasFlag($flag) { return ($this->flags & $flag) != 0; }

    static function add($columns)
    {
        $entry = new MessageThreadEntry($columns + array(
            'id' => count(self::$stored['ThreadEntry'] ?? array()) + 201,
            'attachments' => array(),
            'created' => '2026-03-02 09:00:00',
        ));
        self::$stored['ThreadEntry'][$entry->id] = $entry;
        Signal::send('threadentry.created', $entry);
    }
}

class MessageThreadEntry extends ThreadEntry
{
}

class Attachment extends VerySimpleModel
{
    function getFilename() { return $this->name; }
}

class Priority extends VerySimpleModel
{
    function getTag() { return $this->priority; }
}

class Ticket extends VerySimpleModel
{
    // What is in the database; `ht` holds an expression where NOW() was saved.
    function row() { return array('created' => '2026-03-02 09:00:00', 'updated' => '2026-03-02 09:20:00') + $this->ht; }
    function getId() { return $this->ticket_id; }
    function getThreadId() { return 11; }
    function getNumber() { return $this->number; }
    function getSubject() { return $this->subject; }
    function getState() { return $this->state; }
    function getSource() { return $this->source; }
    function getPriorityId() { return 2; }
    function getDeptId() { return $this->dept_id; }
    function getStaffId() { return $this->staff_id; }
    function getOwnerId() { return 31; }
    function getName() { return 'Marina Prado'; }
    function getEmail() { return 'marina.prado@cliente.example'; }
    function getPhoneNumber() { return ''; }

    function setDeptId($id)
    {
        $this->dept_id = $id;
        $data = array('dirty' => array('dept_id' => 1));
        Signal::send('model.updated', $this, $data);
        return true;
    }

    function logNote($title, $note, $poster = 'SYSTEM', $alert = true)
    {
        global $notes;
        $notes[] = array($title, get_class($note), $note->getClean(), $poster, $alert);
        ThreadEntry::add(array(
            'thread_id' => 11, 'type' => 'N', 'body' => $note->getClean(), 'format' => $note->getType(), 'flags' => 0,
        ));
    }
}

class Misc
{
    /** The database is three hours behind UTC. */
    static function db2gmtime($time) { return strtotime("$time UTC") + 3 * 3600; }
}

class Internationalization
{
    static function getCurrentLanguage() { return $GLOBALS['told']['language'] ?? 'en_US'; }
}

abstract class PluginConfig
{
    function get($name, $default = null) { return $GLOBALS['told']['config'][$name] ?? $default; }
}

abstract class Plugin extends VerySimpleModel
{
    function isMultiInstance() { return true; }
    function getConfig() { return new $this->config_class(); }
}

class FormField
{
    var $options;
    function __construct($options) { $this->options = $options; }
}

class TextboxField extends FormField
{
}

class PasswordField extends FormField
{
}

class Journal
{
    function logWarning($title, $message, $alert = true) { $GLOBALS['journal'][] = array($title, $message, $alert); }
}

class Staff
{
    function getName() { return $GLOBALS['told']['staff']; }
}

$notes = $journal = array();
$told = json_decode(file_get_contents('php://stdin'), true, 64, JSON_THROW_ON_ERROR);
$ost = new Journal();
$thisstaff = isset($told['staff']) ? new Staff() : null;
$ticket = new Ticket($told['ticket'] + array('ticket_id' => 93, 'dept_id' => 1, 'created' => new stdClass()));
VerySimpleModel::$stored = array(
    'Ticket' => array(93 => $ticket),
    'Priority' => array(2 => new Priority(array('priority' => 'normal'))),
    'Thread' => array(
        11 => new Thread(array('id' => 11, 'object_id' => 93, 'object_type' => 'T')),
        12 => new Thread(array('id' => 12, 'object_id' => 93, 'object_type' => 'A')),
    ),
);

$info = include $argv[1] . '/plugin.php';
list($file, $class) = explode(':', $info['plugin']);
require_once $argv[1] . '/' . $file;
$plugin = new $class();
$plugin->bootstrap();
// Shutdown functions run in the order they were registered: this one after the plugin's.
register_shutdown_function(function () {
    global $notes, $journal, $ticket, $page;
    echo json_encode(array('page' => $page, 'notes' => $notes, 'department' => $ticket->dept_id, 'log' => $journal));
});

ob_start();
foreach ($told['entries'] ?? array() as $entry) {
    $entry['attachments'] = array_map(fn ($file) => new Attachment($file), $entry['attachments'] ?? array());
    ThreadEntry::add($entry + array('thread_id' => 11, 'flags' => 0, 'format' => 'text'));
}
foreach ($told['signals'] ?? array() as $signal => $data) {
    Signal::send($signal, $ticket, $data);
}
if (isset($told['configure'])) {
    $config = new SidecueConfig();
    $errors = array();
    $fields = array_map(fn ($field) => array(get_class($field)) + $field->options, $config->getOptions());
    echo json_encode(array($config->pre_save($told['configure'], $errors), $errors, $fields));
}
$page = ob_get_clean();
