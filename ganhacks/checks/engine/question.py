"""A question with a few answers to choose from: buttons in a notebook, and a sentence where there are none."""

import html

from ganhacks.pictures.plots import WIDGET

#: Buttons cut long texts off unless they are told not to.
STYLE = (
    "<style>.ganhacks-choice {white-space: normal; height: auto; text-align: left; line-height: 1.5; padding: 4px 10px}"
    "</style>"
)


class Question:
    """The choices of a prediction. choices: letter -> text. choose(letter): takes a choice, returns a Note about it."""

    def __init__(self, choices, choose):
        self.choices, self.choose = choices, choose

    def widget(self):
        """Return a button for each choice, and below them what was said of the last one, an ipywidgets.VBox."""
        import ipywidgets as widgets  # here, because it takes a while

        said = widgets.HTML()
        buttons = {letter: widgets.Button(description=f"{letter}: {text}") for letter, text in self.choices.items()}

        def clicked(button):
            letter = next(letter for letter, one in buttons.items() if one is button)
            note = self.choose(letter)
            said.value = note._repr_mimebundle_()["text/html"]

        for button in buttons.values():
            button.add_class("ganhacks-choice")
            button.layout.width, button.layout.max_width, button.layout.height = "auto", "48em", "auto"
            button.on_click(clicked)
        return widgets.VBox([widgets.HTML(STYLE), *buttons.values(), said])

    def _repr_mimebundle_(self, include=None, exclude=None):
        letters = ", ".join(f'"{letter}"' for letter in self.choices)
        typed = f"Put one of {letters} into the brackets and run the cell."
        return {
            "text/plain": f"Your turn. {typed}",
            "text/html": f"<b>Your turn.</b> {html.escape(typed)}",
            WIDGET: self.widget().get_view_spec(),
        }
