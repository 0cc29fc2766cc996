"""Words of like and of opposite meaning, in general English."""


def _lines(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split()) for line in text.strip().splitlines())


SYNONYMS = _lines("""
advertise advertisement advertised ad ads advert
say tell utter declare proclaim announce state remark speech speak spoke spoken words quip
begin start launch found founded founder establish create creation set-up kick originate form formed
end finish stop cease conclude over died-out vanish disappear dissolve
raise increase rise rose risen hike higher up lift grow grew went-up
lower decrease reduce drop fall fell decline shrink lowered
make produce manufacture production output product made maker
receive get got given obtain granted
write wrote written compose composer composed author pen writer
happy happier joyful joyous cheerful
pay paid wage wages salary earn earnings income money cash compensation
reward prize bonus bonuses
car automobile cars vehicle
farmer peasant peasants farmers
magazine journal periodical
newspaper paper papers press
meeting conference congress convention gathering
motto slogan catchphrase
boss manager supervisor superior bosses
workmate coworker co-worker colleague fellow comrade workmates coworkers colleagues
wife wives spouse
home house household apartment flat
praise acclaim celebrate honor honour commend applaud hail hailed
resent hate despise dislike resented hated detest loathe resentment hatred envy
like love adore admire popular beloved loved liked admired
attack hit abuse assault abusing abused
replace place supersede superseded superceded supplant displace oust succeed aside
quota norm norms target quotas
method technique approach procedure techniques methods
movement campaign program
limit restrict regulate cap
term name
title rank label
deport exile banish deported expelled
shame humiliate disgrace
clean tidy neat cleanliness neatness
learn study learning education
cook meal meals food cooking
export spread carry carried bring brought exported
revive revival resurgence comeback return
sabotage undermine wreck sabotaged
cause lead produce result
bottleneck delay shortage bottlenecks shortages hold-up held
disrupt disruption disturb interrupt
thank gratitude grateful thanked
beat outperform outdo surpass exceed defeat
invent devise discover came-up inventor
need require take took needed
buy purchase shop shopping
innovate innovation innovative inventive creative invention
criticism criticize critique against
compete competition rivalry emulation race raced
meet met held gather assemble assembled convene
percent percentage share
country nation land motherland fatherland
equal same identical
die died dead death killed
fight fought battle
win won victory
kill killed
dedicate dedicated dedication
deliver delivered gave give
last lasted continue continued survive survived
badge medal pin
speech address
old aged age
feat deed accomplishment exploit
famous celebrity fame renowned
cover front
make forge
idea concept notion
whole entire total
help assist aid
car automobile
supply supplies provision
blame accuse accused accusation
special unique exclusive
mistrust doubt skepticism doubted skeptical sceptical doubts
promise vow pledge
spread disseminate
imitate copy emulate
clever smart
ideology doctrine
suspect suspicious distrusted
""")
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
ended stopped ceased abolished disappeared vanished collapsed banned dissolved forgotten |
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

above beyond | below beneath under

failed failure failing | succeeded success successful

clean tidy neat neatness comfortable | dirty messy filthy

new innovative | old traditional outdated

together joint jointly | alone

agree agreed | disagreed disputed

individual | collective

public open | secret hidden

similar alike | different opposite

suspect suspicious | trusted reliable loyal
"""
OPPOSED = tuple(
    (tuple(one.split()), tuple(other.split()))
    for one, other in (sides.split("|") for sides in _SIDES.split("\n\n"))
)
