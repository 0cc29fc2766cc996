"""Words of opposite meaning, in general English."""


def _lines(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split()) for line in text.strip().splitlines())


# Pairs that can't both be true of the same thing.
ANTONYMS = _lines("""
raise lower
increase decrease
rise fall
rose fell
raised lowered
raised cut
raised reduced
higher lower
more less
more fewer
majority minority
most least
most less
most little
most fewer
most few
more little
much little
export import
exported imported
created destroyed
built destroyed
buy sell
bought sold
thanked blamed
thanked cursed
thanked criticized
spent saved
replaced preceded
superseded preceded
spurred discouraged
inspired discouraged
motivate discourage
innovate imitate
support oppose
easy difficult
hard easy
harder easier
cheap expensive
city country
rural urban
given bought
ignored showed
ignoring showed
ignoring showing
hid showed
overlooked showed
admitted denied
confirmed denied
knew unaware
aware unaware
know unaware
disrupted sped
scarce plentiful
shortage surplus
bottleneck flow
reached missed
exceeded missed
beat missed
past present
past future
better worse
happier sadder
happy sad
success failure
successful unsuccessful
like hate
liked hated
love hate
loved resented
loved hated
loved abused
popular unpopular
popular resented
admired resented
adored resented
welcomed resented
praise shame
praised shamed
praise condemn
praise criticize
praise blame
reward punish
rewarded punished
support oppose
support persecute
supported persecuted
elevated persecuted
early late
always never
all none
everyone nobody
everyone no-one
win lose
won lost
victory defeat
equal unequal
same different
same more
same higher
same better
gain lose
gained lost
meaning meaningless
kept lost
begin end
start stop
started ended
founded abolished
launched ended
launched banned
continued ended
lasted ended
continued stopped
survived died
revived died
revived disappeared
revived ended
revival end
rich poor
prosperous poor
prosperous harsh
harsh easy
harsh gentle
oppressive free
clean dirty
neat dirty
tidy messy
comfortable uncomfortable
cultured uncultured
rested tired
rested exhausted
modern old-fashioned
modern traditional
backward modern
optimistic pessimistic
optimistic modest
hopeful pessimistic
hopeful modest
special ordinary
special common
special worse
best worst
favored neglected
alone together
alone teamwork
accept reject
accepted rejected
doubt trust
doubt believe
doubted believed
doubted supported
doubted trusted
doubted encouraged
skepticism trust
skepticism enthusiasm
skepticism support
encourage discourage
encouraged discouraged
helped hindered
help hinder
helped hurt
help prevent
smooth disrupt
smoothed disrupted
sped disrupted
improved disrupted
improved bottlenecks
improve disrupt
speeded delayed
boosted disrupted
boosted hurt
opposite same
similar opposite
similar different
widely rarely
rare common
public secret
open closed
young old
large small
big small
long short
fast slow
quickly slowly
strong weak
high low
above below
north south
east west
eastern western
northern southern
union confederate
male female
men women
husbands wives
allow forbid
allowed forbidden
allowed banned
permitted banned
encouraged banned
urged banned
urged forbidden
clever stupid
smart dumb
free paid
voluntary compulsory
voluntary forced
capitalist socialist
positive negative
true false
legal illegal
winner loser
arrive leave
arrived left
remember forget
remembered forgotten
long brief
lengthy brief
peace war
guilty innocent
present absent
visible hidden
include exclude
included excluded
expand shrink
expanded shrank
intensified faded
intensified weakened
intensified slowed
culminated faded
grew shrank
grew faded
grew declined
""")
# Words on one side of the bar against those on the other.
_SIDES = """
ended stopped ceased died die end abolished disappeared vanished collapsed banned
dissolved forgotten |
lasted continued survived revived persisted

raised increased rose grew expanded climbed intensified |
lowered decreased reduced fell dropped declined shrank faded weakened slowed

loved adored admired liked welcomed cheered popular respected beloved |
hated resented despised abused disliked attacked unpopular feared

praised honored honoured rewarded celebrated elevated supported appreciated favored hailed
recognized |
punished shamed deported persecuted exiled condemned arrested jailed executed criticized ignored
mocked denounced fined

helped improved boosted smoothed eased smoother sped faster better |
disrupted hindered slowed delayed blocked harmed disruptions bottlenecks

allowed permitted encouraged urged let | forbidden banned prohibited discouraged forbade

believed trusted welcomed believe supported encouraged backed |
doubted distrusted mocked skepticism

gained won regained increased | lost

prosperous comfortable | poor miserable harsh

optimistic hopeful ambitious | modest pessimistic realistic cautious low small

same equal identical | different unequal higher

famous celebrity | unknown obscure forgotten anonymous

above beyond | below beneath

gift gifts presents donated | bought buy paid purchased pay

failed failure failing | succeeded success successful

clean tidy neat neatness comfortable | dirty messy filthy

new innovative | old traditional outdated

together joint jointly | alone

agree agreed | disagreed disputed

individual | collective

public open | secret hidden

similar alike | different opposite

shared split divided | whole alone sole all

positive good | negative bad

high | low

poor | rich

suspect suspicious | trusted reliable loyal

secret secretly hidden concealed hushed | public openly publicly published
spread disseminated shared

kept retained preserved | abandoned dropped discarded

refused rejected declined | accepted agreed welcomed embraced

easy easily effortlessly ease | trouble difficulty struggled struggling

missed short | met fulfilled reached exceeded surpassed beat

intensified strengthened stronger grew culminated | weaker weakened faded fizzled dwindled petered

knew aware | unaware ignorant oblivious clueless

soon quickly immediately | eventually slowly gradually decades

gloomy miserable unhappy sadder | happy happier joyful upbeat cheerful

ordinary unremarkable average normal | mythical mythological heroic extraordinary exceptional

protected defended | abused attacked

cooperated collaborated | competed raced

spurred encouraged motivated | demotivated deterred discouraged

important mattered crucial | unimportant irrelevant

lazy idle slackers laziest | productive hardworking industrious

unproductive least | productive

temporary briefly | permanent forever

skeptical sceptical doubtful doubts | enthusiastic convinced believing

failed | managed kept fulfilled

exhausted tired | rested refreshed

prosperous golden | miserable grim

cursed insulted blamed | thanked

equal fairly | unequal unfairly

worthy fit deserving | unworthy unfit undeserving

fame popularity | obscurity

backward | modern

deport deported persecuted shamed | protect left-alone spared tolerated

cheap | dear costly

sold | given presented

volunteers volunteered | forced

private selfish | country common
"""
OPPOSED = tuple(
    (tuple(one.split()), tuple(other.split()))
    for one, other in (sides.split("|") for sides in _SIDES.split("\n\n"))
)
