"""General English that claims are read with; nothing here belongs to any pack's subject.

Each table is words parted by white space; a line of a table of groups is one group.
"""

import re


def word_set(text: str) -> frozenset[str]:
    """The words of a text, parted by white space."""
    return frozenset(text.split())


# Words that carry no part of a claim: grammar, chat, and general remarks on what is claimed.
FILLERS = word_set("""
a about above absolutely according account actual actually after again against ago ah all almost
along already alright also although always am amazing among an and another any anybody anymore
anyone anything anyway anyways apart apparently are
aren't around as at aw away awesome back basically
be because been before began begin begins behind being below besides between big bit both bro but
by called came can cannot cause certain certainly clear clearly come comes compare compared
comparison completely could couldn't crazy cuz dang day days deal definitely did didn't didnt do
does doesn't doesnt doing don't done dont down dude due during each early either else end entire
entirely especially essentially even ever every everybody everyone everything exactly except
extremely fact facts famous famously far few finally fine first for from fun funny further gave
generally get gets getting give given gives go goes going gone gonna good got gotta great guess
guy guys had hadn't half happen happened happens hard hardly has hasn't have haven't having he
he'd he's heck hello her here hers herself hey hi him himself his honestly how however huge i i'd
i'll i'm i've if im immediately in incredible incredibly indeed insane inside instead interesting
into is isn't isnt it it's its itself just keep keeps kind kinda knew know known knows last late
later least led less let let's like likely literally little lol long longer look looks lot lots
made main mainly make makes making man many matter may maybe me mean means meant mere merely might
more moreover most mostly much must my myself near nearly need neither never nevertheless new next
nice no nobody nope nor not notably note nothing now nowhere nuts obviously of off often oh ok
okay old omg on once one ones only onto or other others otherwise our ours out over overall own
part particular particularly people per perhaps person place plain plus point pretty previously
probably put quite rather read reading ready real reality really reason recall recently reportedly
right roughly said same saw say saying says see seem seems seen several shall she she's should
shouldn't show showed shows simply since single so some somebody someone something sometimes
somewhat soon sort spent started still stuff such super supposed supposedly sure take taken takes
taking tell tells than that that's thats the their theirs them themselves then there there's
therefore these they they'd they're thing things think this those though thought through
throughout thus til till time times to today together told too took total totally toward towards
tried true truly truth try turn turned turns two ugh um under unless until up upon us use used
uses using usually various very via wait want wanted was wasn't wasnt way we we'd we're we've well
went were weren't werent what whatever when where whereas whether which while who whoever whole
whom whose why wild will with within without won't wont would wouldn't wow wrong yeah year years
yep yes yet you you'd you're you've your yours
""")
# Words for those who say a thing, in what a pack states and in what students write about it.
SOURCES = word_set("""
account adds answer answerer answers argued argues argument article article's author blog blogger
book chapter claimed claims class classmate comment commenter concludes described describes diary
document essay essayist explained explains figure finds grants history holds judges letter marvels
mentioned mentions newspaper noted notes page paragraph passage pointed points post professor puts
quotation quote reader reading reasons remarks report reported reports sentence source stated
states student suggests teacher tells text textbook textbooks thinks traces writes
""")
# What speaks of something that was named in the sentence before.
REFERRING = re.compile(
    r"\b(?:he|she|it|they|him|her|them|his|hers|its|their|theirs|this|that|these|those|there|then|"
    r"both|such|same|one)\b",
    re.IGNORECASE,
)
READERS = re.compile(
    r"\b(?:comments?|commenters?|commentors?|commentators?|readers?|repl(?:y|ies)|third comment)\b",
    re.IGNORECASE,
)
# Someone whose word is not the student's own: what they are said to say is no claim.
_SAYING = (
    "said|says|say|saying|claimed|claims|thought|thinks|wrote|told|believed|believes|swore|swears|"
    "heard|posted"
)
HEARSAY = re.compile(
    r"\b(?:(?:someone|somebody|a classmate|my classmates?|my (?:friend|group|partner|brother|"
    r"sister|dad|mom|mum|teacher|grandfather|grandmother|uncle|aunt|cousin)|"
    r"one person)(?: \w+){0,4}?|"
    rf"(?:some |most )?people|he|she|you|they|everyone|everybody|nobody|no one) (?:{_SAYING})\b",
    re.IGNORECASE,
)
MISTAKE = re.compile(
    r"\b(?:mistakes?|mistaken|typos?|misread\w*|misprints?|slips?|slipped|errors?|inaccurate|"
    r"incorrect\w*|wrong\w*|false|untrue|myths?|misquot\w*|mixed up|misremember\w*|confus\w+|"
    r"not true|isn'?t right|not right|fake|hoax|joking|jk|kidding|can'?t be|cannot be)\b",
    re.IGNORECASE,
)
MODAL = re.compile(
    r"\b(?:\w+'d have|would|wouldn'?t|should|shouldn'?t|might|maybe|perhaps|probably|possibly|"
    r"presumably|if only|what if|as if|as though|imagine|suppose|supposing|assuming|wish|"
    r"wonder|wondering|must have|must'?ve|could have|could'?ve|may have|hypothetically|unless|"
    r"let'?s say|not sure|unsure|no idea|in theory|i doubt|were i|seems? like|hopefully|ought)\b",
    re.IGNORECASE,
)
IF = re.compile(
    r"\bif\b(?! (?:i|we)(?: \w+){0,2}? (?:read|remember|recall|understood|understand|got)\b)"
    r"(?! you (?:look|read|check|see|ask|count|compare|believe)\b)"
    r"(?! (?:only )?for\b)",
    re.IGNORECASE,
)
OPINION = re.compile(
    r"\b(?:i (?:really |just |still |do |also |kind of |kinda |personally |honestly )?"
    r"(?:think|believe|feel|guess|hate|love|like|prefer|find|hope|agree|disagree|admire|"
    r"suspect|say|reckon|consider|don'?t (?:think|believe|feel|get|see|like|agree|care)|"
    r"can'?t (?:believe|imagine|see)|bet|get)|i'?d (?:say|argue|rather)|i would say|in my "
    r"(?:opinion|view|mind|eyes|book)|imo|imho|to me|for me|my (?:opinion|view|guess|take|hunch)|"
    r"if you ask me|personally|seems? to me)\b",
    re.IGNORECASE,
)
JUDGING = word_set("""
annoying awful bad beautiful boring brave brilliant cheap clever convincing cool cooler crazy
creepy cruel depressing deserve deserved deserves disgusting dishonest dumb exaggerated excellent
exciting fair fairly fantastic favorite favourite foolish funny genius glad gross happy harsh hate
hero heroic honest horrible impressed impressive inspiring interesting lame lazy lovely mean
meaningless overrated pathetic petty pointless respect ridiculous sad scary selfish shame shameful
shocking sick silly smart strange stupid surprising terrible tragic ugly unfair unjust useless
weird wonderful worth worthless wrong
""")
NEGATIONS = word_set("""
not no never none nobody neither nor hardly barely scarcely without cannot cant didnt doesnt dont
isnt wasnt werent wont wouldnt couldnt hadnt havent hasnt arent nothing nowhere rarely seldom
refused failed lacked stopped excluded barred
prevented banned forbidden zero few little refuse fail lack unable stop stops prevent
prevents avoid
""")
GENERAL_PERSONS = word_set(
    "man men people person persons guy guys worker workers other others folks"
)
APPROXIMATE = word_set(
    "about around roughly nearly almost approximately approx circa some close roundabout ish c ca"
)
ABOVE = (
    ("more", "than"),
    ("over",),
    ("above",),
    ("exceeding",),
    ("upwards", "of"),
    ("greater", "than"),
    ("past",),
)
BELOW = (("less", "than"), ("under",), ("fewer", "than"), ("below",), ("up", "to"))
AT_LEAST = (("at", "least"), ("no", "less", "than"), ("no", "fewer", "than"), ("minimum", "of"))
AT_MOST = (("at", "most"), ("no", "more", "than"), ("maximum", "of"), ("not", "more", "than"))

# Words that mean much the same wherever they stand; written as they are spelled, stemmed on use.
MOST = word_set("most majority")
SUBORDINATE = word_set("""
and but because while whereas which who so although though since when after before until where
whose plus then or yet thats that
""")
# A message about the student's own life, not about the subject.
PERSONAL = re.compile(
    r"\b(?:my|our|i'?m|i am|we're|we are|i have|i've|we have|we've|i got|we got|i was|"
    r"we were|i need|we need|us|i had|we had)\b"
    r"(?! (?:notes|book|textbook|understanding|reading|sources?|read|heard|seen|learned|learnt|"
    r"reading|surprised|told|shocked|amazed))",
    re.IGNORECASE,
)
# Two words that say what one says elsewhere.
PHRASES = {
    ("went", "up"): "raised",
    ("go", "up"): "raised",
    ("goes", "up"): "raised",
    ("gone", "up"): "raised",
    ("went", "down"): "lowered",
    ("go", "down"): "lowered",
    ("came", "down"): "lowered",
    ("gone", "down"): "lowered",
    ("by", "himself"): "alone",
    ("by", "herself"): "alone",
    ("by", "themselves"): "alone",
    ("took", "over"): "replaced",
    ("looked", "down"): "despised",
    ("gave", "thanks"): "thanked",
    ("an", "end"): "stop",
    ("shut", "out"): "barred",
    ("kept", "out"): "barred",
    ("locked", "out"): "barred",
    ("no", "longer"): "never",
    ("no", "idea"): "unaware",
    ("no", "clue"): "unaware",
    ("came", "up"): "invented",
    ("thought", "up"): "invented",
    ("made", "up"): "invented",
    ("ill", "will"): "hatred",
    ("hand", "in"): "together",
}
# Of these the other sense is at least as common.
AMBIGUOUS = word_set("last like kind mean end left present close early late")
