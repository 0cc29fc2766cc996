"""Words of like meaning, in general English: each line is one group."""


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
role part task duty job
secret hidden hide hid hush hushed conceal concealed private
fraud fake hoax lie swindle
weak weaker weakened faded fade fading dwindle dwindled shrank decline peter
smoothly smooth easily ease easy effortless
helper help helped helping helpers aid
alone solo singlehanded singlehandedly unaided
bar barred exclude excluded ban banned forbid forbidden shut-out prohibit
refuse refused decline reject rejected deny denied
believe believed trust trusted faith
modest small low little tiny
little less few fewer
huge large big enormous massive great vast
ill-will grudge anger angry mad hostile hostility
bad awful terrible negative poor
open openly public publicly honest
money cash funds
present presented gift gifts donated
own owned belong
bought buy purchased paid
plain ordinary average normal common usual regular
lazy idle slacker slackers
miserable wretched unhappy sad sadder
stupid dumb foolish
blow blows beaten punch punched
insult insulted verbal verbally abuse
permit allow allowed permitted let
urge urged encourage encouraged spur spurred motivate motivated push pushed
discourage discouraged dissuade deter
warn warned warning
want wish wanted wished hope hoped
demand demanded insist insisted call
need necessary required
origin come stem derive derived goes-back
rival compete contest contests
before prior earlier
after following once afterwards
begin began begun opening
final last end ending
peak height climax culminated culminate
quick quickly soon fast rapid rapidly swift swiftly
slow slowly gradual gradually
spread spreading spreads circulated circulate disseminated
abroad overseas foreign
picture image images photo photograph photographs photos
film movie newsreel newsreels cinema
story stories tale tales narrative narratives account
show showed shown depict depicted portray portrayed present presented paint painted
hero heroes heroic
myth mythical mythological legend legendary
ordinary everyday
citizen citizens
model example ideal
guide teach taught teaching lesson lessons instruct
success successful succeed succeeded successes
failure failed fail failures failing
true truth truthful
harm damage harmed hurt damaged
benefit benefited profit gain gained
tool tools machine machines machinery equipment
factory factories plant plants works
coal-mine mine mines pit pits colliery
worker workers laborer laborers labourer labourers working-man workman workmen
labor labour work toil
employer employers owner owners
government state authorities regime
leader leaders chief head
ruler rule ruled
woman women female
man men male
husband husbands spouse
tired exhausted weary worn-out
rested fresh refreshed
tasty nutritious wholesome
rare scarce uncommon
limit limits limited restrict restricted
many numerous plenty
most majority
everyone everybody all
any every all
answer reply replied answered respond responded
ask asked question wonder wondered
proof prove proved evidence
reason reasons why
purpose aim goal goals intended meant
plan plans scheme
target targets goal goals
result results outcome effect effects consequence consequences
difference different differ differed distinct
similar alike likeness resemble resembled
opposite contrary reverse
change changed alter altered transform transformed
grow growing grown expand expanded
gather gathered assembled
arrive arrived came
return returned back
build built construct constructed
destroy destroyed wreck wrecked smash smashed
choose chose chosen pick picked select selected prefer preferred favor favored favour favoured
admit admitted confess confessed concede
crime crimes guilty guilt
punish punished penalty penalized penalised
jail prison jailed imprisoned
expel expelled kick
kill killed shot executed
fear feared afraid scared
laugh laughed mock mocked ridicule ridiculed
support supported backed back
oppose opposed resist resisted against
obey obeyed follow followed
ignore ignored neglect neglected overlook overlooked pass-over
notice noticed note noted
forget forgot forgotten
remember remembered recall recalled remind reminded
compare compared likened
keep kept retain retained maintain maintained preserve preserved
lose lost losing loses
find found discover discovered
miss missed lacking lack lacked
rich wealthy prosperous well-off prosperity affluent
poor poverty needy
harsh hard tough severe brutal cruel hardship
free freed liberate liberated unleash unleashed unlock unlocked release released
peasant farmer
revolution revolutionary
century centuries
skill skills mastery mastered expertise skilled
clothes clothing
perfume scent fragrance
song music tune anthem hymn
sing sang sung
word words phrase
spell spelled spelt spelling
""")
