"""Every address of the admin, filled with the objects of an assembly, to be asked for by someone of another.

An address is a format over the names of the `World` of tests/test_isolation.py. An address of the admin that none of these
reaches fails the test: whoever adds one says here what it could show.
"""


def _rows(prefix, pk, *extra):
    """The addresses of a list of rows and of one of them."""
    ends = [
        "", "results/", "new/", f"edit/{pk}/", f"delete/{pk}/", f"history/{pk}/", f"history-results/{pk}/",
        f"usage/{pk}/", *extra,
    ]  # fmt: skip
    return [f"{prefix}/{end}" for end in ends]


_IDS = "id={draft}&id={changed}&id={page}"
_WORDS = ("furti", "zib")

# Below /admin/. `{name}` is the primary key of an object of the other assembly.
ADDRESSES = [
    "", "failwhale/", "account/", "logout/", "dismissibles/", "sprite/", "login/", "jsi18n/", "block-preview/",
    "password_reset/", "password_reset/done/", "password_reset/confirm/MQ/a-b/", "password_reset/complete/",
    "no-such-page/", "test404/", "snippets/",
    # The interface the admin itself reads.
    "api/main/pages/", "api/main/pages/?child_of={page}", "api/main/pages/?child_of={agenda}&for_explorer=1",
    "api/main/pages/?descendant_of={page}", "api/main/pages/?search=furtive", "api/main/pages/?id={draft}",
    "api/main/pages/?fields=*", "api/main/pages/?child_of={directory}&for_explorer=1",
    "api/main/pages/?slug=brouillon-furtif",
    "api/main/pages/{page}/", "api/main/pages/{draft}/", "api/main/pages/{changed}/", "api/main/pages/{agenda}/",
    "api/main/pages/find/?id={draft}", "api/main/pages/find/?html_path=/assemblees/b/",
    *[f"api/main/pages/{{draft}}/action/{name}/" for name in (
        "publish", "delete", "copy", "move", "create_alias", "convert_alias", "copy_for_translation",
        "revert_to_page_revision",
    )],
    "api/main/pages/{changed}/action/unpublish/",
    "api/main/documents/", "api/main/documents/{document}/", "api/main/documents/{private_document}/",
    "api/main/documents/find/?id={document}", "api/main/documents/?search=furtive",
    "api/main/images/", "api/main/images/{image}/", "api/main/images/{private_image}/",
    "api/main/images/find/?id={image}", "api/main/images/?search=furtive",
    # Pages.
    "pages/", "pages/?q=furtive", "pages/?owner={member}", "pages/?ordering=title",
    *[f"pages/{{changed}}/{end}" for end in (
        "", "results/", "results/?q=furtive", "usage/", "edit/", "edit/preview/", "view_draft/", "add_subpage/", "delete/",
        "unpublish/", "convert_alias/", "move/", "set_position/", "copy/", "privacy/", "lock/", "unlock/",
        "revisions/", "workflow_history/", "history/", "history/results/", "history/?export=csv",
    )],
    *[f"pages/{{page}}/{end}" for end in ("", "edit/", "delete/", "move/", "copy/", "privacy/", "history/", "results/")],
    "pages/{draft}/edit/", "pages/{draft}/delete/", "pages/{agenda}/", "pages/{agenda}/edit/", "pages/{agenda}/results/",
    "pages/{directory}/", "pages/{directory}/?q=furtive", "pages/{directory}/?export=csv",
    "pages/{home}/", "pages/{home}/results/?q=furtive",
    "pages/add/assemblies/eventpage/{agenda}/", "pages/add/assemblies/eventpage/{agenda}/preview/",
    "pages/add/assemblies/eventindexpage/{page}/",
    "pages/create/assemblies/eventpage", "pages/usage/assemblies/eventpage/", "pages/usage/assemblies/assemblypage/",
    "pages/usage/assemblies/eventpage/results/?q=furtive", "pages/usage/wagtailcore/page/",
    "pages/search/", "pages/search/?q=furtive", "pages/search/results/?q=furtive", "pages/search/?q=furtive&all_users=1",
    "pages/{draft}/move/{own_agenda}/confirm/", "pages/{own_event}/move/{agenda}/confirm/",
    "pages/{own_event}/move/?destination={agenda}", "pages/{own_event}/copy/?new_parent_page={agenda}",
    *[f"pages/workflow/action/{{submitted}}/{name}/{{task_state}}/" for name in ("approve", "reject")],
    "pages/workflow/collect_action_data/{submitted}/approve/{task_state}/",
    "pages/workflow/confirm_cancellation/{submitted}/", "pages/workflow/preview/{submitted}/{task}/",
    "pages/{submitted}/workflow_history/detail/{workflow_state}/", "pages/{submitted}/edit/",
    "pages/{own_event}/workflow_history/detail/{workflow_state}/",
    "pages/workflow/action/{own_event}/approve/{task_state}/",
    *[f"pages/{{{name}}}/revisions/{{revision}}/{end}/" for name in ("changed", "own_event")
      for end in ("view", "revert", "unschedule")],
    "pages/{scheduled}/revisions/{scheduled_revision}/unschedule/",
    "pages/{changed}/revisions/compare/live...{revision}/", "pages/{own_event}/revisions/compare/live...{revision}/",
    # Choosers.
    "choose-page/", "choose-page/?page_type=assemblies.eventpage", "choose-page/?page_type=assemblies.assemblypage",
    *[f"choose-page/{{{name}}}/" for name in ("home", "directory", "page", "agenda", "draft", "changed")],
    "choose-page/{agenda}/?page_type=assemblies.eventpage&user_perms=move_to&target_pages[]={draft}",
    "choose-page/search/?q=furtive", "choose-page/search/?q=furtive&page_type=assemblies.eventpage&multiple=1",
    f"choose-page/chosen-multiple/?{_IDS}",
    "choose-external-link/", "choose-external-link/?link_url=/assemblees/b/agenda/",
    "choose-email-link/", "choose-phone-link/", "choose-anchor-link/",
    *[f"tag-autocomplete/?term={word}" for word in _WORDS],
    *[f"tag-autocomplete/{model}/?term={word}" for model in ("taggit/tag", "resources/measure") for word in _WORDS],
    *[f"{kind}/chooser/{end}" for kind, one in (("documents", "document"), ("images", "image")) for end in (
        "", "results/", "?q=furtive", "results/?q=furtive", "?collection_id={public_files}",
        "results/?collection_id={private_files}", f"chosen/{{{one}}}/", f"chosen/{{private_{one}}}/",
        f"chosen-multiple/?id={{{one}}}&id={{private_{one}}}", "create/",
    )],
    "images/chooser/{image}/select_format/",
    "commune_chooser/", "commune_chooser/results/?q=furtive", "commune_chooser/chosen/31555/",
    "commune_chooser/chosen-multiple/?id=31555", "commune_chooser/create/",
    # Several at once.
    *[f"bulk/wagtailcore/page/{name}/?{_IDS}" for name in ("delete", "move", "publish", "unpublish")],
    *[f"bulk/wagtailcore/page/{name}/?id=all&childOf={{agenda}}" for name in ("delete", "publish")],
    *[f"bulk/home/customimage/{name}/?id={{image}}&id={{private_image}}"
      for name in ("delete", "add_tags", "add_to_collection")],
    *[f"bulk/home/customdocument/{name}/?id={{document}}&id={{private_document}}"
      for name in ("delete", "add_tags", "add_to_collection")],
    "bulk/home/customdocument/delete/?id=all", "bulk/home/customimage/delete/?id=all",
    *[f"bulk/home/user/{name}/?id={{member}}" for name in ("delete", "assign_role", "set_active_state")],
    # Files.
    "documents/", "documents/results/?q=furtive", "documents/?collection_id={public_files}",
    "documents/?collection_id={private_files}", "documents/add/",
    *[f"documents/{end}" for name in ("document", "private_document") for end in (
        f"edit/{{{name}}}/", f"delete/{{{name}}}/", f"usage/{{{name}}}/", f"multiple/{{{name}}}/",
        f"multiple/{{{name}}}/delete/",
    )],
    "documents/multiple/add/", "documents/multiple/create_from_uploaded_document/{upload}/",
    "documents/multiple/delete_upload/{upload}/",
    "images/", "images/results/?q=furtive", "images/?collection_id={public_files}",
    "images/?collection_id={private_files}", "images/add/", "images/results/?layout=list",
    *[f"images/{end}" for name in ("image", "private_image") for end in (
        f"{{{name}}}/", f"{{{name}}}/delete/", f"{{{name}}}/generate_url/", f"{{{name}}}/generate_url/output/",
        f"{{{name}}}/preview/max-10x10/", f"usage/{{{name}}}/", f"multiple/{{{name}}}/", f"multiple/{{{name}}}/delete/",
    )],
    "images/multiple/add/", "images/multiple/create_from_uploaded_image/{upload}/",
    "images/multiple/delete_upload/{upload}/", "images/usage/{shared_image}/", "documents/usage/{shared_document}/",
    "images/{shared_image}/", "images/{shared_image}/delete/",
    "collections/", "collections/add/", "collections/{public_files}/", "collections/{private_files}/",
    "collections/{private_files}/delete/", "collections/{private_files}/privacy/",
    "embeds/chooser/", "embeds/chooser/upload/",
    # Reports.
    *[f"reports/{name}/{end}" for name in (
        "locked", "workflow", "workflow_tasks", "site-history", "aging-pages", "page-types-usage", "telechargements",
    ) for end in ("", "results/", "?export=csv")],
    "reports/site-history/?user={member}", "reports/site-history/?label=furtive", "reports/site-history/results/?object_type=1",
    # Workflows.
    "workflows/list/", "workflows/list/results/", "workflows/add/", "workflows/enable/{workflow}/",
    "workflows/disable/{workflow}/", "workflows/edit/{workflow}/", "workflows/usage/{workflow}/",
    "workflows/usage/{workflow}/results/", "workflows/remove/{home}/", "workflows/remove/{home}/{workflow}/",
    "workflows/tasks/add/wagtailcore/groupapprovaltask/", "workflows/tasks/select_type/", "workflows/tasks/index/",
    "workflows/tasks/index/results/", "workflows/tasks/edit/{task}/", "workflows/tasks/disable/{task}/",
    "workflows/tasks/enable/{task}/", "workflows/task_chooser/", "workflows/task_chooser/results/",
    "workflows/task_chooser/create/", "workflows/task_chooser/{task}/",
    "editing-sessions/ping/wagtailcore/page/{changed}/{session}/", "editing-sessions/release/{session}/",
    # Settings and rows.
    "redirects/", "redirects/results/?q=furtive", "redirects/add/", "redirects/{redirect}/",
    "redirects/{redirect}/delete/", "redirects/import/", "redirects/import/process/",
    "settings/home/sitesettings/", "settings/home/sitesettings/{site}/", "settings/home/sitesettings/{site}/preview/",
    *[f"{name}/{end}" for name in ("initiatives", "ressources", "kits", "courriers")
      for end in ("", "results/?q=furtive", "?export=csv", "choose_parent/")],
    *_rows("calendrier", "1"), *_rows("mesures", "{measure}"), *_rows("elections", "{election}"),
    *_rows("assemblees", "{assembly}"), "assemblees/?q=furtive", "assemblees/?export=csv",
    "propositions/", "propositions/results/?q=furtive", "propositions/?export=csv", "propositions/{proposal}/",
    "courriels/", "courriels/results/", "courriels/inspect/{mail}/", "courriels/reessayer/",
    "courriels/reessayer/{mail}/",
    "qui-peut-quoi/", "assemblees/{assembly}/acces/", "assemblees/{assembly}/acces/{member}/renvoyer/",
    "assemblees/{assembly}/acces/{member}/retirer/", "assemblees/{assembly}/fusionner/",
    *_rows("sites", "{site}", "copy/{site}/"),
    *_rows("users", "{member}", "copy/{member}/"), "users/?q=furtive", "users/?export=csv", "users/?group={group}",
    *_rows("groups", "{group}"),
]  # fmt: skip
