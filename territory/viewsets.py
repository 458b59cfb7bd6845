from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import chooser as chooser_views
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.viewsets.model import ModelViewSet

from .forms import CommuneChooserForm, ElectionForm
from .models import Commune, Election


class ElectionViewSet(ModelViewSet):
    model = Election
    name = "elections"
    icon = "calendar-alt"
    menu_label = _("Élections")
    menu_order = 450
    add_to_admin_menu = True
    list_display = ["name", Column("year", label=_("Année")), Column("phase", label=_("Phase"), accessor="phase_label")]
    search_fields = ["name"]
    copy_view_enabled = False
    edit_handler = ObjectList(
        [
            HelpPanel(
                content=_(
                    "<p>Les dates décident de la phase du site (accueil, kits, courriers, calendriers) et de la "
                    "réserve électorale : de la veille de chaque tour à 0 h jusqu’à la fermeture des bureaux, aucun "
                    "engagement, aucun résultat, aucun débat nouveau ne paraît ; ils paraissent ensuite d’eux-mêmes. "
                    "Une élection passée se garde : le registre de ses engagements en dépend.</p>"
                )
            ),
            MultiFieldPanel([FieldPanel("name"), FieldPanel("slug"), FieldPanel("departement")], heading=_("Élection")),
            InlinePanel(
                "rounds",
                heading=_("Tours"),
                label=_("Tour"),
                min_num=1,
                max_num=2,
                panels=[
                    FieldPanel("number"),
                    FieldPanel("date"),
                    FieldPanel("closes_at"),
                    InlinePanel(
                        "hours",
                        heading=_("Fermeture des bureaux par département"),
                        label=_("Département"),
                        help_text=_("Seulement là où l’heure de fermeture est différente."),
                        panels=[FieldPanel("departement"), FieldPanel("closes_at")],
                    ),
                ],
            ),
        ],
        base_form_class=ElectionForm,
    )


class CommuneChooseMixin:
    """The rows of the chooser: name, département and inhabitants, as homonyms are many."""

    filter_form_class = CommuneChooserForm

    @property
    def columns(self):
        return [
            self.title_column,
            Column("departement", label=_("Département")),
            Column("population", label=_("Habitants")),
            Column("insee", label=_("Code INSEE")),
        ]

    def get_object_list(self):
        return Commune.objects.select_related("departement").order_by("-population", "insee")

    def can_create(self):
        return False


class CommuneChooseView(CommuneChooseMixin, chooser_views.ChooseView):
    pass


class CommuneChooseResultsView(CommuneChooseMixin, chooser_views.ChooseResultsView):
    pass


class CommuneChooserViewSet(ChooserViewSet):
    """Choose a commune in the admin: registers its widget for every foreign key to `Commune`.

    Communes come from the official file: they are chosen, never created nor edited here.
    """

    model = Commune
    icon = "site"
    choose_one_text = _("Choisir une commune")
    choose_another_text = _("Choisir une autre commune")
    choose_view_class = CommuneChooseView
    choose_results_view_class = CommuneChooseResultsView
    ordering = None
    per_page = 20


election_viewset = ElectionViewSet()
commune_chooser_viewset = CommuneChooserViewSet("commune_chooser")
CommuneChooserWidget = commune_chooser_viewset.widget_class
