"""The blocks of a body. Eight: add one when an editor needs it twice."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageBlock

RICH_TEXT_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link"]
SHORT_TEXT_FEATURES = ["bold", "italic", "ol", "ul", "link", "document-link"]


class TextBlock(blocks.RichTextBlock):
    class Meta:
        label = _("Texte")
        icon = "pilcrow"
        template = "home/blocks/text.html"
        preview_value = "<p>Un paragraphe de texte, avec un <b>passage fort</b> et un <i>terme</i>.</p>"
        description = _("Paragraphes, listes, intertitres et liens.")


class CalloutBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Titre"), required=False, max_length=120)
    text = blocks.RichTextBlock(label=_("Texte"), features=SHORT_TEXT_FEATURES)

    class Meta:
        label = _("Encadré")
        icon = "info-circle"
        template = "home/blocks/callout.html"
        preview_value = {"title": "À savoir", "text": "<p>Ce qu’il ne faut pas manquer.</p>"}
        description = _("Un point à ne pas manquer : une règle, un avertissement.")


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Étape"), max_length=160)
    text = blocks.RichTextBlock(label=_("Détail"), features=SHORT_TEXT_FEATURES, required=False)


class StepsBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Titre"), required=False, max_length=160)
    items = blocks.ListBlock(StepBlock(), label=_("Étapes"))

    class Meta:
        label = _("Étapes")
        icon = "list-ol"
        template = "home/blocks/steps.html"
        preview_value = {"title": "Trois étapes", "items": [{"title": "Choisir", "text": "<p>Sa commune.</p>"}]}
        description = _("Une suite numérotée : quoi faire, dans l’ordre.")


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(label=_("Question ou objection"), max_length=250)
    answer = blocks.RichTextBlock(label=_("Réponse"), features=SHORT_TEXT_FEATURES)


class QuestionsBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Titre"), required=False, max_length=160)
    items = blocks.ListBlock(QuestionBlock(), label=_("Questions"))

    class Meta:
        label = _("Questions et réponses")
        icon = "help"
        template = "home/blocks/questions.html"
        preview_value = {"title": "", "items": [{"question": "Et le coût ?", "answer": "<p>Il se chiffre.</p>"}]}
        description = _("Des questions suivies de leur réponse.")


class ChecklistBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Titre"), required=False, max_length=160)
    items = blocks.ListBlock(blocks.CharBlock(label=_("Point"), max_length=400), label=_("Points"))

    class Meta:
        label = _("Liste à cocher")
        icon = "tasks"
        template = "home/blocks/checklist.html"
        preview_value = {"title": "Avant le rendez-vous", "items": ["Relire l’argumentaire."]}
        description = _("Imprimée avec des cases à cocher.")


class BlankValue(blocks.StructValue):
    @property
    def line_range(self):
        return range(self["lines"] or 1)


class BlankBlock(blocks.StructBlock):
    label = blocks.CharBlock(label=_("Intitulé"), max_length=300)
    lines = blocks.IntegerBlock(label=_("Lignes"), default=1, min_value=1, max_value=12)

    class Meta:
        value_class = BlankValue


class BlanksBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Titre"), required=False, max_length=160)
    items = blocks.ListBlock(BlankBlock(), label=_("Champs"))

    class Meta:
        label = _("Lignes à remplir")
        icon = "edit"
        template = "home/blocks/blanks.html"
        preview_value = {"title": "", "items": [{"label": "Date et lieu", "lines": 1}]}
        description = _("Des lignes à compléter à la main, sur le papier.")


class PictureBlock(blocks.StructBlock):
    image = ImageBlock(label=_("Image"))
    caption = blocks.CharBlock(label=_("Légende"), required=False, max_length=250)

    class Meta:
        label = _("Image")
        icon = "image"
        template = "home/blocks/picture.html"
        description = _("Une image avec sa légende ; son crédit est repris de la bibliothèque d’images.")

    def get_preview_value(self):
        """The latest picture of the library; an empty frame with its caption while there is none."""
        picture = get_image_model().objects.order_by("-pk").first()
        return self.normalize({"image": picture, "caption": _("La légende, puis le crédit de l’image")})


class CitationBlock(blocks.StructBlock):
    quote = blocks.TextBlock(label=_("Citation"), max_length=600)
    source = blocks.CharBlock(
        label=_("Source"), max_length=250, help_text=_("Qui, où et quand : une citation sans source n’est pas publiée.")
    )

    class Meta:
        label = _("Citation")
        icon = "openquote"
        template = "home/blocks/citation.html"
        preview_value = {"quote": "Une phrase citée exactement.", "source": "Rapport, page 3"}
        description = _("Une phrase citée mot pour mot, avec sa source.")


class SourceBlock(blocks.StructBlock):
    """Where a fact comes from. Used by the fields named « sources », not in bodies."""

    title = blocks.CharBlock(label=_("Ce que dit la source"), max_length=250)
    publisher = blocks.CharBlock(label=_("Éditeur ou site"), max_length=150, required=False)
    url = blocks.URLBlock(label=_("Adresse"), required=False)
    date = blocks.CharBlock(
        label=_("Date"), max_length=40, required=False, help_text=_("Telle que la source la donne.")
    )
    note = blocks.CharBlock(label=_("Remarque"), max_length=250, required=False)

    class Meta:
        label = _("Source")
        icon = "link"


BODY_BLOCKS = [
    ("text", TextBlock(features=RICH_TEXT_FEATURES)),
    ("callout", CalloutBlock()),
    ("steps", StepsBlock()),
    ("questions", QuestionsBlock()),
    ("checklist", ChecklistBlock()),
    ("blanks", BlanksBlock()),
    ("picture", PictureBlock()),
    ("citation", CitationBlock()),
]
SOURCE_BLOCKS = [("source", SourceBlock())]
