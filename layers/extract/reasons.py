"""Why a theme got its status, in both languages.

In: numbers.  Out: `Words`.  Unknown is said as unknown: no sentence here turns missing data into "no restriction".
"""

from datetime import date

from layers.extract.model import Words


def no_import() -> Words:
    """Nothing has been brought in for this theme."""
    return Words(
        en="No data set has been brought in for this theme, so nothing can be said.",
        ml="ഈ വിഷയത്തിന് വിവരശേഖരം ഇതുവരെ ചേർത്തിട്ടില്ല; അതിനാൽ ഒന്നും പറയാനാവില്ല.",
    )


def coverage_unknown() -> Words:
    """The data do not say where they are complete."""
    return Words(
        en="The data do not say which area they cover, so their silence means nothing here.",
        ml="വിവരശേഖരം ഏതു പ്രദേശം ഉൾക്കൊള്ളുന്നു എന്ന് അതിൽ പറയുന്നില്ല; അതിനാൽ ഇവിടെ ഒന്നും കാണാത്തത് തെളിവല്ല.",
    )


def outside_coverage(covered: float) -> Words:
    """The plot, or the distance around it that counts, reaches outside the coverage."""
    return Words(
        en=f"The data cover only {covered:.1f} % of the plot and of the distance around it that counts.",
        ml=f"പ്ലോട്ടിന്റെയും അതിനു ചുറ്റും കണക്കാക്കേണ്ട അകലത്തിന്റെയും {covered:.1f} % മാത്രമാണ് വിവരശേഖരം ഉൾക്കൊള്ളുന്നത്.",
    )


def before_data(begins: date) -> Words:
    """The question is about a date before the data begin."""
    return Words(
        en=f"The data hold from {begins}; they say nothing about the date asked for.",
        ml=f"വിവരശേഖരം {begins} മുതലുള്ളതാണ്; ചോദിച്ച തീയതിയെക്കുറിച്ച് അത് ഒന്നും പറയുന്നില്ല.",
    )


def law_not_verified() -> Words:
    """The law was not read well enough to judge by it."""
    return Words(
        en="The law's text has not been verified, so no answer is given; ask the authority.",
        ml="നിയമത്തിന്റെ പാഠം പരിശോധിച്ച് ഉറപ്പാക്കിയിട്ടില്ല; അതിനാൽ ഉത്തരം നൽകുന്നില്ല. അധികാരിയോട് ചോദിക്കുക.",
    )


def boundary_unknown() -> Words:
    """The law measures from a boundary and the data hold something else, of unknown width."""
    return Words(
        en="The law measures from a boundary; the data hold only a line or point of unknown width, so the distance is unknown.",
        ml="നിയമം അതിർത്തിയിൽ നിന്നാണ് അളക്കുന്നത്; വിവരശേഖരത്തിൽ വീതി അറിയാത്ത രേഖയോ ബിന്ദുവോ മാത്രമേ ഉള്ളൂ; അതിനാൽ അകലം അറിയില്ല.",
    )


def side_unknown() -> Words:
    """The data hold outlines of areas as lines, and the plot lies away from them, inside or outside."""
    return Words(
        en="The data hold only an outline as a line; on which side of it the plot lies, they do not say.",
        ml="വിവരശേഖരത്തിൽ അതിർത്തി ഒരു രേഖയായി മാത്രമേ ഉള്ളൂ; പ്ലോട്ട് അതിന്റെ അകത്തോ പുറത്തോ എന്ന് അതിൽ പറയുന്നില്ല.",
    )


def broken(fault: str) -> Words:
    """The theme's data could not be read; the others were."""
    return Words(
        en=f"The data of this theme could not be read ({fault}), so nothing can be said. The other themes are not affected.",
        ml=f"ഈ വിഷയത്തിന്റെ വിവരങ്ങൾ വായിക്കാനായില്ല ({fault}); അതിനാൽ ഒന്നും പറയാനാവില്ല. മറ്റു വിഷയങ്ങളെ ഇത് ബാധിക്കില്ല.",
    )


def on_plot(share: float) -> Words:
    """A part of the plot lies in it."""
    return Words(
        en=f"{share:.1f} % of the plot lies in it.",
        ml=f"പ്ലോട്ടിന്റെ {share:.1f} % ഇതിൽ ഉൾപ്പെടുന്നു.",
    )


def crossing(length: float) -> Words:
    """A line crosses the plot."""
    return Words(
        en=f"It crosses the plot for {length:.2f} m.",
        ml=f"ഇത് {length:.2f} മീറ്റർ നീളത്തിൽ പ്ലോട്ടിലൂടെ കടന്നുപോകുന്നു.",
    )


def counted(count: int) -> Words:
    """Points lie on the plot."""
    return Words(en=f"{count} on the plot.", ml=f"പ്ലോട്ടിൽ {count} എണ്ണം ഉണ്ട്.")


def within(distance: float, buffer: float) -> Words:
    """It lies nearer than the law's distance."""
    return Words(
        en=f"It is {distance:.2f} m away, within the {buffer:g} m that the law counts.",
        ml=f"{distance:.2f} മീറ്റർ അകലെ; നിയമം കണക്കാക്കുന്ന {buffer:g} മീറ്ററിനുള്ളിൽ.",
    )


def too_close_to_tell(distance: float, accuracy: float) -> Words:
    """It lies within the accuracy of what would affect the plot."""
    return Words(
        en=f"It is {distance:.2f} m away; the data are accurate to {accuracy:g} m, so it cannot be excluded.",
        ml=f"{distance:.2f} മീറ്റർ അകലെ; വിവരങ്ങളുടെ കൃത്യത {accuracy:g} മീറ്റർ ആയതിനാൽ ബാധകമല്ലെന്ന് ഉറപ്പിക്കാനാവില്ല.",
    )


def sliver_only(accuracy: float) -> Words:
    """Only a sliver lies on the plot."""
    return Words(
        en=f"Only a strip thinner than the data's accuracy of {accuracy:g} m lies on the plot.",
        ml=f"വിവരങ്ങളുടെ കൃത്യതയായ {accuracy:g} മീറ്ററിലും നേർത്ത ഒരു ഭാഗം മാത്രമേ പ്ലോട്ടിൽ വരുന്നുള്ളൂ.",
    )


def from_line_not_boundary(distance: float, reach: float) -> Words:
    """The law measures from a boundary; the line or point in the data is too near to exclude it."""
    return Words(
        en=f"The law measures from a boundary that is not mapped; its line or point is {distance:.2f} m away, nearer than {reach:g} m, so it cannot be excluded.",
        ml=f"നിയമം അളക്കുന്ന അതിർത്തി മാപ്പിലില്ല; രേഖയോ ബിന്ദുവോ {distance:.2f} മീറ്റർ അകലെ, {reach:g} മീറ്ററിനുള്ളിൽ; അതിനാൽ ബാധകമല്ലെന്ന് ഉറപ്പിക്കാനാവില്ല.",
    )


def nothing_here() -> Words:
    """Checked, complete, and nothing there."""
    return Words(
        en="The data cover the plot, and nothing of it lies here.",
        ml="വിവരശേഖരം ഈ പ്ലോട്ട് ഉൾക്കൊള്ളുന്നു; ഇവിടെ ഒന്നുമില്ല.",
    )


def nothing_but_a_sliver_outside(accuracy: float) -> Words:
    """Checked, complete but for a sliver, and nothing there."""
    return Words(
        en=f"The data cover the plot but for a strip thinner than their accuracy of {accuracy:g} m, which does not count (the sliver rule), and nothing of it lies here.",
        ml=f"വിവരങ്ങളുടെ കൃത്യതയായ {accuracy:g} മീറ്ററിലും നേർത്തതിനാൽ കണക്കാക്കാത്ത ഒരു ഭാഗം (നേർത്ത ഭാഗങ്ങളുടെ ചട്ടം) ഒഴികെ വിവരശേഖരം ഈ പ്ലോട്ട് ഉൾക്കൊള്ളുന്നു; ഇവിടെ ഒന്നുമില്ല.",
    )


def steeper(steepest: float, limit: float, unit: str) -> Words:
    """A raster value above the law's limit."""
    return Words(
        en=f"The greatest value under the plot is {steepest:.1f} ({unit}), above the limit of {limit:g}.",
        ml=f"പ്ലോട്ടിലെ ഏറ്റവും കൂടിയ അളവ് {steepest:.1f} ({_UNIT_ML.get(unit, unit)}); പരിധിയായ {limit:g}-നു മുകളിൽ.",
    )


def near_limit(steepest: float, limit: float, unit: str) -> Words:
    """A raster value too near the limit to tell."""
    return Words(
        en=f"The greatest value under the plot is {steepest:.1f} ({unit}), too near the limit of {limit:g} to tell.",
        ml=f"പ്ലോട്ടിലെ ഏറ്റവും കൂടിയ അളവ് {steepest:.1f} ({_UNIT_ML.get(unit, unit)}); പരിധിയായ {limit:g}-നോട് വളരെ അടുത്തായതിനാൽ ഉറപ്പിക്കാനാവില്ല.",
    )


def below_limit(steepest: float, limit: float, unit: str) -> Words:
    """A raster value safely below the limit."""
    return Words(
        en=f"The greatest value under the plot is {steepest:.1f} ({unit}), below the limit of {limit:g}.",
        ml=f"പ്ലോട്ടിലെ ഏറ്റവും കൂടിയ അളവ് {steepest:.1f} ({_UNIT_ML.get(unit, unit)}); പരിധിയായ {limit:g}-നു താഴെ.",
    )


_UNIT_ML = {"degree": "ഡിഗ്രി", "metre": "മീറ്റർ"}
