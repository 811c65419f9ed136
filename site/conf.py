"""Sphinx's settings for the course's pages. tools/site.py writes the sources that it reads."""

import html

from latex2mathml import converter

from ganhacks import __version__

project, author, release = "GAN Hacks", "The GAN Hacks course authors", __version__
copyright = "the GAN Hacks course authors, CC BY 4.0"
extensions = ["myst_nb"]
exclude_patterns = ["jupyter_execute"]
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb"}

# The notebooks are executed already; what a check tells to graders has no form on a page.
nb_execution_mode = "off"
suppress_warnings = ["mystnb.unknown_mime_type"]
myst_enable_extensions = ["attrs_inline", "dollarmath"]
myst_heading_anchors = 3

html_theme = "pydata_sphinx_theme"
html_title = "GAN Hacks"
html_static_path = ["_static"]
html_css_files = ["course.css"]
html_favicon = "_static/favicon.svg"
html_context = {"default_mode": "auto"}
templates_path = ["_templates"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "navigation_with_keys": False,
    "show_prev_next": True,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "navbar_persistent": ["search-button"],
    "navbar_end": ["theme-switcher"],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
# Formulas as MathML, which every browser draws and every screen reader reads, without a script from elsewhere.
html_math_renderer = "mathml"


def _formula(display):
    def visit(self, node):
        text = node.astext()
        made = converter.convert(text, display="block" if display else "inline")
        made = made.replace("<math ", f'<math aria-label="{html.escape(text, quote=True)}" ', 1)
        if display:  # scrolled where it is too wide, by keyboard too
            made = f'<div class="formula" tabindex="0" role="group" aria-label="formula">{made}</div>'
        self.body.append(made)
        from docutils.nodes import SkipNode

        raise SkipNode

    return visit


def setup(app):
    app.add_html_math_renderer("mathml", (_formula(False), None), (_formula(True), None))
