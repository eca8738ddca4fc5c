"""Names of models, panels and rows that are data, in results files and tables, and are shown as well.

Catalogues of other languages have them; `text.named` says one.
"""

LABELS = (
    # models
    "baseline",
    "attention",
    "reversed source",
    "first word first",
    "backwards",
    "uniform",
    "fixed",
    "uniform weights",
    "fixed weights",
    "additive",
    "dot",
    "general",
    "lesson 3's model",
    "both changes",
    "GRU alone",
    "GRU with attention",
    "attention alone",
    "Transformer",
    "with positions",
    "without",
    "your model",
    "the course's model",
)
