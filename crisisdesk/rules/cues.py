"""The words that make triage look up: phrase, label, weight. Plain lists, meant to be read.

Weights add up to at most 100 for each label; 40 sets the label. Phrases are in the normal form
of `rules.normal`: lower case, no apostrophes, single spaces.
"""

from crisisdesk.model.mention import Label

THRESHOLD = 40

NEED: dict[int, tuple[str, ...]] = {
    60: (
        "trapped", "need help", "needs help", "please help us", "send help", "rescue us",
        "need rescue", "needs rescue", "need rescuing", "cant get out", "cannot get out",
        "stuck in", "stuck on the roof", "stranded", "running out of air", "running out of oxygen",
        "we are cut off", "were cut off", "dying", "drowning", "cant breathe", "bleeding",
        "unconscious", "sos", "need evacuating", "need to be evacuated", "water coming in",
        "water is coming in", "no insulin", "need insulin", "no oxygen", "need oxygen",
        "wheelchair user stuck", "care home has no", "on dialysis", "need medication",
        "house is flooding", "home is flooding", "house is on fire", "help us", "save us",
    ),
    25: (
        "help", "please help", "elderly", "disabled", "wheelchair", "pregnant", "baby",
        "newborn", "care home", "nursing home", "residents", "oxygen", "insulin", "dialysis",
        "medication", "injured", "hurt", "ambulance", "no heating", "no power", "no water",
        "no food", "cut off", "flooded", "smoke", "alone", "urgent", "emergency", "missing",
        "cant find my", "evacuate", "rescue",
    ),
}  # fmt: skip

QUESTION: dict[int, tuple[str, ...]] = {
    40: (
        "anyone know", "does anyone", "do we know", "is it safe", "is it true", "what is happening",
        "whats happening", "whats going on", "what is going on", "when will", "where can",
        "where do", "where is", "how do i", "how long", "should i", "should we", "can i", "can we",
        "can you tell", "can someone tell", "any news", "any update", "any updates", "is there",
        "are there", "is the", "are the", "who do i", "which roads", "what time", "why is",
        "why are",
    ),
}  # fmt: skip

RUMOUR: dict[int, tuple[str, ...]] = {
    50: (
        "i heard", "ive heard", "hearing that", "apparently", "rumour", "rumours", "rumor",
        "rumors", "is it true", "unconfirmed", "someone said", "people are saying", "they say",
        "theyre saying", "word is", "not on the news", "cover up", "covering up", "hoax", "fake",
        "told me that", "my mate says", "a friend says", "being reported that", "allegedly",
        "can anyone confirm", "can anybody confirm", "not confirmed", "share this",
        "they wont tell",
        "media blackout", "dont believe", "conspiracy", "supposedly",
    ),
}  # fmt: skip

EYEWITNESS: dict[int, tuple[str, ...]] = {
    50: (
        "i can see", "we can see", "i can smell", "we can smell", "i can hear", "just saw",
        "i saw", "we saw", "im at", "im in", "im on", "im outside", "im stood", "im standing",
        "im watching", "outside my", "my street", "our street", "my road", "our road", "my house",
        "our house", "my window", "from here", "im looking at", "right now here", "just felt",
        "i felt", "we felt", "felt that", "felt it", "did you feel", "near me", "near my",
        "in front of me", "just drove", "just walked", "photo i took", "view from", "my garden",
        "my power", "our power", "where i live", "woke me", "my neighbourhood", "my backyard",
        "heard a bang", "heard an explosion", "i just heard",
    ),
    25: ("my", "our", "we are", "were", "im", "here", "shaking", "right now"),
}  # fmt: skip

MEDIA: dict[int, tuple[str, ...]] = {
    60: (
        "journalist", "reporter", "producer at", "newsdesk", "news desk", "press office",
        "request for comment", "can we use your", "permission to use", "could we use",
        "for broadcast", "please dm me", "interview you", "speak to someone from",
        "im from the bbc", "im a producer", "may we use", "with credit",
    ),
    40: (
        "breaking", "bbc news", "sky news", "itv news", "channel 4 news", "cnn", "reuters",
        "associated press", "live blog", "live updates", "newsroom", "editor",
    ),
}  # fmt: skip

CALM = (
    "not trapped", "nobody trapped", "no one trapped", "no one is trapped", "nobody is trapped",
    "no longer trapped", "everyone is safe", "everyone safe", "we are safe", "all safe",
    "has been rescued", "have been rescued", "was rescued", "were rescued", "were fine",
    "we are fine", "im safe", "not injured", "nobody hurt", "no one hurt", "no one was hurt",
    "how you can help", "how to help", "if you want to help", "want to help", "donate",
    "fundraiser", "prayers", "praying for", "thoughts are with", "song", "movie", "film", "lol",
)  # fmt: skip
"""Phrases that take the edge off a need: safe already, or somebody offering or praying."""

LISTS: dict[Label, dict[int, tuple[str, ...]]] = {
    Label.NEED: NEED,
    Label.QUESTION: QUESTION,
    Label.RUMOUR: RUMOUR,
    Label.EYEWITNESS: EYEWITNESS,
    Label.MEDIA: MEDIA,
}
