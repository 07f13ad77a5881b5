# Sidecue: tells what is new on a ticket. Change these two lines and nothing else.
my $url    = 'https://sidecue.example.org/webhooks/request_tracker/acme';
my $secret = 'SECRET';

# After a call that hung, this process makes none for a minute: agents never wait more than once.
our %SidecueRestsUntil;
return 1 if ( $SidecueRestsUntil{$url} // 0 ) > time;

# Whatever happens in here, RT goes on: errors go to its log.
eval {
    require HTTP::Tiny;
    require JSON;
    my ( $ticket, $cause ) = ( $self->TicketObj, $self->TransactionObj );

    my %counts = map { $_ => 1 } qw(
        Create Correspond Comment Status CustomField AddWatcher DelWatcher SetWatcher
        Set:Subject Set:Queue Set:Priority AddLink:MergedInto
    );
    return 1 unless $counts{ $cause->Type } || $counts{ join ':', $cause->Type, $cause->Field // '' };

    my $person = sub {
        my $user = shift;
        return {
            id         => $user->Id,
            name       => $user->Name,
            real_name  => $user->RealName,
            email      => $user->EmailAddress,
            privileged => $user->Privileged ? JSON::true() : JSON::false(),
        };
    };
    my $transaction = sub {
        my $txn = shift;
        return { id => $txn->Id, type => $txn->Type, created => $txn->CreatedObj->W3CDTF( Timezone => 'utc' ) };
    };
    my $message = sub {
        my $txn   = shift;
        my $text  = $txn->ContentObj( Type => 'text/plain' );
        my $first = $txn->Attachments->First;
        my $parts = RT::Attachments->new( RT->SystemUser );
        $parts->Columns(qw(id Filename TransactionId));
        $parts->Limit( FIELD => 'TransactionId', VALUE => $txn->Id );
        return {
            %{ $transaction->($txn) },
            ticket       => $txn->ObjectId,
            creator      => $person->( $txn->CreatorObj ),
            content      => $text ? substr( $text->Content // '', 0, 100_001 ) : '',
            content_type => $text ? $text->ContentType : undef,
            interface    => $first ? $first->GetHeader('X-RT-Interface') : undef,
            files        => [ grep { length $_ } map { $_->Filename // '' } @{ $parts->ItemsArrayRef } ],
        };
    };

    # Every message that Sidecue has not taken yet: what an outage kept from it comes with the ticket's next news.
    my $told  = $ticket->FirstAttribute('SidecueTold');
    my $after = $told && $told->Content < $cause->Id ? int $told->Content : $told ? $cause->Id - 1 : 0;
    my $found = $ticket->Transactions;
    $found->Limit( FIELD => 'Type', OPERATOR => 'IN', VALUE => [qw(Create Correspond Comment)] );
    $found->Limit( FIELD => 'id', OPERATOR => '>', VALUE => $after );
    $found->OrderByCols( { FIELD => 'id', ORDER => 'DESC' } );
    $found->RowsPerPage(50);
    my ( @messages, $size );
    while ( my $txn = $found->Next ) {
        my $one = $message->($txn);
        $size += length $one->{content};
        last if @messages && $size > 150_000;
        unshift @messages, $one;
    }

    my %fields;
    for my $field ( @{ $ticket->CustomFields->ItemsArrayRef } ) {
        my $values = $ticket->CustomFieldValues( $field->Id )->ItemsArrayRef;
        $fields{ $field->Name } = [ map { substr $_->Content // '', 0, 1_000 } @$values ] if @$values;
    }
    my ( $status, $lifecycle ) = ( $ticket->Status, $ticket->LifecycleObj );
    my $body = JSON->new->utf8->canonical->encode( {
        cause  => $transaction->($cause),
        ticket => {
            id          => $ticket->Id,
            merged      => [ $ticket->Merged ],
            subject     => $ticket->Subject,
            status      => $status,
            status_kind => $lifecycle->IsInitial($status) ? 'initial'
                : $lifecycle->IsInactive($status) ? 'inactive' : 'active',
            priority    => int( $ticket->Priority // 0 ),
            fields      => \%fields,
            queue       => { id => $ticket->QueueObj->Id, name => $ticket->QueueObj->Name },
            owner       => $ticket->Owner == RT->Nobody->Id ? undef : $person->( $ticket->OwnerObj ),
            requestors  => [ map { $person->($_) } @{ $ticket->Requestors->UserMembersObj->ItemsArrayRef } ],
            created     => $ticket->CreatedObj->W3CDTF( Timezone => 'utc' ),
        },
        messages => \@messages,
    } );

    my $begun  = time;
    my $answer = HTTP::Tiny->new( timeout => 3, max_redirect => 0, verify_SSL => 1 )->post(
        $url,
        {   headers => { 'Content-Type' => 'application/json', 'X-Sidecue-Secret' => $secret },
            content => $body,
        }
    );
    # What is too long (413) or unreadable (422) for Sidecue would be so the next time too.
    if ( $answer->{success} || $answer->{status} == 413 || $answer->{status} == 422 ) {
        $ticket->SetAttribute( Name => 'SidecueTold', Content => $cause->Id );
    }
    if ( !$answer->{success} ) {
        $SidecueRestsUntil{$url} = time + 60 if time - $begun > 1;
        RT->Logger->error("Sidecue did not take the news of a ticket: $answer->{status} $answer->{reason}");
    }
    1;
} or RT->Logger->error("Sidecue was not told: $@");

return 1;
