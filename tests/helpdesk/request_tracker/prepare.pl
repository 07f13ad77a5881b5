# What an administrator would have clicked together before Sidecue comes: a queue, people, rights, a custom field.
# Prints the tokens as JSON. Arguments: the rights of Sidecue's user, as doc.md lists them.
use strict;
use warnings;
use utf8;
use lib '/usr/local/share/request-tracker5/lib', '/usr/share/request-tracker5/lib';
use JSON;
use RT;

RT->LoadConfig;
RT->Init;
require RT::AuthToken;
my $admin = RT->SystemUser;

sub made {
    my ( $class, %args ) = @_;
    my $record = $class->new($admin);
    my ( $ok, $why ) = $record->Create(%args);
    die "$class: $why" unless $ok;
    return $record;
}

sub may {
    my ( $who, $where, @rights ) = @_;
    for my $right (@rights) {
        my ( $ok, $why ) = $who->PrincipalObj->GrantRight( Right => $right, Object => $where );
        die "$right: $why" unless $ok;
    }
}

my $queue = made( 'RT::Queue', Name => 'Atendimento', CorrespondAddress => 'atendimento@rt.example' );
my $other = made( 'RT::Queue', Name => 'Sucesso' );
my $slow  = made( 'RT::Queue', Name => 'Espera' );
my $field = made( 'RT::CustomField', Name => 'Trabalho', Type => 'FreeformSingle', LookupType => 'RT::Queue-RT::Ticket' );
$field->AddToObject($queue);
$field->AddToObject($other);

my $everyone = RT::Group->new($admin);
$everyone->LoadSystemInternalGroup('Everyone');
may( $everyone, $queue, qw(CreateTicket ReplyToTicket) );

my ( %user, %token );
for my $who ( [ ana => 'Ana Lima' ], [ sidecue => 'Sidecue' ] ) {
    my ( $name, $full ) = @$who;
    $user{$name} = made(
        'RT::User',
        Name         => $name,
        RealName     => $full,
        EmailAddress => "$name\@rt.example",
        Password     => 'uma-senha-de-teste',
        Lang         => 'pt-br',
        Privileged   => 1,
    );
    my ( $ok, $why, $token ) = RT::AuthToken->new($admin)->Create( Owner => $user{$name}->Id, Description => 'test' );
    die $why unless $ok;
    $token{$name} = { token => $token, id => $user{$name}->Id };
}
may( $user{sidecue}, RT->System, @ARGV );
may( $user{ana}, RT->System, qw(SeeQueue ShowTicket ShowTicketComments CommentOnTicket ReplyToTicket ModifyTicket
        OwnTicket CreateTicket SeeCustomField ModifyCustomField) );
print JSON->new->utf8->encode( { users => \%token, queues => { map { $_->Name => $_->Id } $queue, $other, $slow } } );
