"""The fixed words of an extract on the command line, in both languages.

In: nothing.  Out: texts with their blanks.  Names of places, streets and laws come from the data in the language they stand in.
"""

from layers.extract.model import Words

AREA = Words(en="Drawn area", ml="വരച്ച പ്രദേശം")
SYNTHETIC = Words(en="SYNTHETIC: this land is made up", ml="കൃത്രിമ വിവരങ്ങൾ: ഈ ഭൂമി യഥാർത്ഥമല്ല")
AS_OF = Words(en="on {on}, as known at {known}", ml="{on}-ലെ നില, {known}-ന് അറിഞ്ഞിരുന്നതനുസരിച്ച്")
MEASURED = Words(en="measured {area} m²", ml="അളന്നത് {area} ച.മീ.")
RECORDED = Words(
    en="recorded {value} {unit} = {m2} m² = {cents} cent",
    ml="രേഖയിൽ {value} {unit} = {m2} ച.മീ. = {cents} സെന്റ്",
)
UNRECORDED = Words(en="recorded: unknown", ml="രേഖയിലെ വിസ്തീർണം അറിയില്ല")
STREET = Words(
    en="Street: {name}, {width}, {length} m along the plot",
    ml="റോഡ്: {name}, {width}, പ്ലോട്ടിനോടു ചേർന്ന് {length} മീ.",
)
UNNAMED = Words(en="without a name", ml="പേരില്ലാത്തത്")
WIDE = Words(en="{metres} m wide", ml="വീതി {metres} മീ.")
WIDTH_UNKNOWN = Words(en="width unknown", ml="വീതി അറിയില്ല")
HEIGHT = Words(
    en="Height {lowest} to {highest} m ({datum}), slope up to {slope}°",
    ml="ഉയരം {lowest} മുതൽ {highest} മീ. വരെ ({datum}), ചരിവ് {slope}° വരെ",
)
NEIGHBOURS = Words(en="Neighbours: {numbers}", ml="അയൽ പ്ലോട്ടുകൾ: {numbers}")
NO_NEIGHBOURS = Words(en="none recorded", ml="രേഖപ്പെടുത്തിയിട്ടില്ല")
UNITS = {
    "m2": Words(en="m2", ml="ച.മീ."),
    "cent": Words(en="cent", ml="സെന്റ്"),
    "are": Words(en="are", ml="ആർ"),
    "acre": Words(en="acre", ml="ഏക്കർ"),
    "hectare": Words(en="hectare", ml="ഹെക്ടർ"),
    "sqft": Words(en="sqft", ml="ച.അടി"),
}
