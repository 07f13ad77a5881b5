<?php
require_once INCLUDE_DIR . 'class.plugin.php';
require_once INCLUDE_DIR . 'class.signal.php';
require_once __DIR__ . '/config.php';

/**
 * Tells Sidecue what happens to tickets, after the page has been sent, and carries out what it answers.
 *
 * Signals only note which tickets were touched: nothing that happens here can hold up or undo what was saved. Each of
 * them is told once at the end of the request, whole, so that what got lost comes with the next delivery.
 */
class SidecuePlugin extends Plugin
{
    /** Seconds that Sidecue's answer is waited for. */
    const TIMEOUT = 5;
    /** Seconds that a link in the ticket's menu opens the page: a working day, for tabs that stay open. */
    const LINK_LASTS = 28800;
    const SIGNED = 'Sidecue';
    /** Bytes of an entry's text that are told, and of all entries: Sidecue refuses what is larger, each time anew. */
    const LONGEST = 200000;
    const MOST = 600000;
    /** What changes without anything being said about the ticket: most often, that an agent looks at it. */
    const UNTOLD = array('lock_id', 'lock', 'updated', 'lastupdate', 'est_duedate', 'isoverdue', 'isanswered');

    var $config_class = 'SidecueConfig';
    private $told = array();
    private $touched = array();

    function isMultiInstance()
    {
        return false;
    }

    function bootstrap()
    {
        // osTicket forgets the configuration once every plugin is up, so it is read now.
        $config = $this->getConfig();
        foreach (array('url', 'tenant', 'secret', 'sidebar_key') as $name) {
            $this->told[$name] = preg_replace('/[\x00-\x20\x7f]+/', '', (string) $config->get($name));
        }
        if ($this->told['url'] === '' || $this->told['tenant'] === '' || $this->told['secret'] === '') {
            return;
        }
        Signal::connect('ticket.created', array($this, 'onTicketCreated'), 'Ticket');
        Signal::connect('threadentry.created', array($this, 'onThreadEntryCreated'), 'ThreadEntry');
        Signal::connect('model.updated', array($this, 'onTicketUpdated'), 'Ticket');
        if ($this->told['sidebar_key'] !== '') {
            Signal::connect('ticket.view.more', array($this, 'onViewMore'), 'Ticket');
        }
        register_shutdown_function(array($this, 'tell'));
    }

    function onTicketCreated($ticket)
    {
        $this->touch($ticket->getId(), 'ticket.created');
    }

    function onThreadEntryCreated($entry)
    {
        $thread = $entry->getThread();
        if ($thread && $thread->getObjectType() === 'T') {
            $this->touch($thread->getObjectId(), 'threadentry.created');
        }
    }

    function onTicketUpdated($ticket, $data = null)
    {
        $changed = isset($data['dirty']) ? array_keys($data['dirty']) : array();
        if (!$changed || array_diff($changed, self::UNTOLD)) {
            $this->touch($ticket->getId(), 'model.updated');
        }
    }

    /** Write an item of the ticket's menu: the link to Sidecue's page, signed for the agent who sees it. */
    function onViewMore($ticket)
    {
        global $thisstaff;
        if (!$thisstaff) {
            return;
        }
        $asked = array(
            'ticket' => (string) $ticket->getId(),
            'agent' => trim((string) $thisstaff->getName()),
            'expires' => (string) (time() + self::LINK_LASTS),
        );
        $signed = implode("\n", array_merge(array('osticket', $this->told['tenant']), array_values($asked)));
        $asked['signature'] = hash_hmac('sha256', $signed, $this->told['sidebar_key']);
        $url = $this->address('sidebar') . '?' . http_build_query($asked, '', '&', PHP_QUERY_RFC3986);
        printf(
            '<li><a class="no-pjax" target="_blank" rel="noopener noreferrer" href="%s">'
                . '<i class="icon-lightbulb"></i> %s</a></li>',
            htmlspecialchars($url, ENT_QUOTES, 'UTF-8'),
            self::SIGNED
        );
    }

    /**
     * Tell Sidecue of every ticket that was touched. Runs once, when the request is over, so that what its answers lead
     * to is not told again; never throws.
     */
    function tell()
    {
        if (!$this->touched) {
            return;
        }
        try {
            if (function_exists('fastcgi_finish_request')) {
                fastcgi_finish_request();
            }
            foreach ($this->touched as $id => $event) {
                $ticket = Ticket::lookup($id);
                if ($ticket) {
                    $this->carryOut($ticket, $this->post($this->delivery($ticket, $event)));
                }
            }
        } catch (Throwable $problem) {
            // The rest waits for its tickets' next delivery: a Sidecue that is away is asked once a request.
            $this->log($problem);
        }
    }

    private function touch($id, $event)
    {
        // Of several things that happened at once, the greatest names the delivery.
        $ranks = array('model.updated' => 0, 'threadentry.created' => 1, 'ticket.created' => 2);
        if (!isset($this->touched[$id]) || $ranks[$event] > $ranks[$this->touched[$id]]) {
            $this->touched[$id] = $event;
        }
    }

    private function delivery($ticket, $event)
    {
        // From the database: what was saved just now holds NOW() instead of a time.
        list($created, $updated) = Ticket::objects()
            ->filter(array('ticket_id' => $ticket->getId()))
            ->values_flat('created', 'updated')
            ->first();
        $priority = Priority::lookup($ticket->getPriorityId());
        return array(
            'event' => $event,
            'ticket' => array(
                'id' => $ticket->getId(),
                'number' => (string) $ticket->getNumber(),
                'subject' => (string) $ticket->getSubject(),
                'state' => (string) $ticket->getState(),
                'priority' => $priority ? (string) $priority->getTag() : null,
                'source' => (string) $ticket->getSource(),
                'department_id' => $ticket->getDeptId(),
                'staff_id' => $ticket->getStaffId() ?: null,
                'created' => $this->instant($created),
                'updated' => $this->instant($updated ?: $created),
            ),
            'requester' => array(
                'id' => $ticket->getOwnerId(),
                'name' => (string) $ticket->getName(),
                'email' => (string) $ticket->getEmail(),
                'phone' => (string) $ticket->getPhoneNumber(),
            ),
            'entries' => $this->entries($ticket),
        );
    }

    /** Return the thread, oldest first: the customer's first words, and of the rest the newest that fit. */
    private function entries($ticket)
    {
        $thread = ThreadEntry::objects()
            ->filter(array('thread_id' => $ticket->getThreadId()))
            ->exclude(array('flags__hasbit' => ThreadEntry::FLAG_HIDDEN))
            ->order_by('id');
        $entries = array();
        $first = null;
        foreach ($thread as $entry) {
            $told = $this->entry($entry);
            $entries[] = $told;
            if ($first === null && $told['type'] === 'M' && ($told['body'] !== '' || $told['files'])) {
                $first = count($entries) - 1;
            }
        }
        $size = $first === null ? 0 : strlen($this->json($entries[$first]));
        $newest = true;
        for ($place = count($entries) - 1; $place >= 0; $place--) {
            if ($place === $first) {
                continue;
            }
            $size += strlen($this->json($entries[$place]));
            if ($size > self::MOST && !$newest) {
                unset($entries[$place]);
            }
            $newest = false;
        }
        return array_values($entries);
    }

    private function entry($entry)
    {
        $body = $entry->getBody();
        $text = (string) $body;
        $cut = strlen($text) > self::LONGEST;
        if ($cut) {
            $text = preg_replace('/<[^<>]*\z/', '', substr($text, 0, self::LONGEST)); // no half of a tag
        }
        $files = array();
        foreach ($entry->attachments as $attachment) {
            if (!$attachment->inline) {
                $files[] = (string) $attachment->getFilename();
            }
        }
        return array(
            // osTicket writes an edited entry anew and hides the one before, its parent: it stays the same message.
            'id' => $entry->hasFlag(ThreadEntry::FLAG_EDITED) ? $entry->getPid() : $entry->getId(),
            'type' => $entry->getType(),
            'staff_id' => $entry->getStaffId() ?: null,
            'user_id' => $entry->getUserId() ?: null,
            'format' => $body->getType(),
            'body' => $text,
            'cut' => $cut,
            'files' => $files,
            'created' => $this->instant($entry->getCreateDate()),
        );
    }

    /** Return a time of the database as UTC. */
    private function instant($time)
    {
        return gmdate('Y-m-d\TH:i:s\Z', Misc::db2gmtime($time));
    }

    private function post($delivery)
    {
        $url = $this->address('webhooks');
        $answer = @file_get_contents($url, false, stream_context_create(array('http' => array(
            'method' => 'POST',
            'header' => array(
                'Content-Type: application/json',
                'X-Sidecue-Secret: ' . $this->told['secret'],
                'Connection: close',
            ),
            'content' => $this->json($delivery),
            'timeout' => self::TIMEOUT,
            'follow_location' => 0, // the secret goes to this address and to no other
            'ignore_errors' => true,
        ))));
        $status = isset($http_response_header[0]) ? $http_response_header[0] : '';
        if ($answer === false || $status === '') {
            throw new RuntimeException("no answer from $url");
        }
        if (!preg_match('~^HTTP/\S+ 2\d\d\b~', $status)) {
            throw new RuntimeException("$url answered $status");
        }
        $told = json_decode($answer, true);
        return is_array($told) ? $told : array();
    }

    private function json($value)
    {
        return json_encode(
            $value,
            JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE | JSON_THROW_ON_ERROR
        );
    }

    private function carryOut($ticket, $answer)
    {
        foreach (isset($answer['notes']) ? (array) $answer['notes'] : array() as $note) {
            $ticket->logNote(self::SIGNED, new TextThreadEntryBody((string) $note), self::SIGNED, false);
        }
        $department = isset($answer['department_id']) ? (string) $answer['department_id'] : '';
        if (preg_match('/^[1-9]\d{0,8}$/D', $department)) {
            $ticket->setDeptId((int) $department);
        }
    }

    private function address($what)
    {
        return rtrim($this->told['url'], '/') . "/$what/osticket/" . rawurlencode($this->told['tenant']);
    }

    private function log($problem)
    {
        global $ost;
        if ($ost) {
            $ost->logWarning(self::SIGNED, $problem->getMessage(), false);
        }
    }
}
