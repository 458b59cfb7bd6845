from home import links, outbox, throttle
from home.models import OutgoingMail


def test_smoke(db, site, rf, mailoutbox):
    from django.core.mail import EmailMessage

    outbox.queue(EmailMessage("Bonjour", "Été", to=["d@exemple.fr"]))
    outbox.send_due()
    assert mailoutbox[0].subject == "Bonjour"
    assert OutgoingMail.objects.get().state == "parti"
    token = links.issue("x", site.home)
    assert links.find("x", token).target == site.home
    assert links.spend("x", token).target == site.home
    assert not links.spend("x", token)
    request = rf.post("/")
    assert [throttle.allowed(request, "a", 2, 60) for _ in range(3)] == [True, True, False]
    r = throttle.too_many(request)
    assert r.status_code == 429
    from home.public_forms import PublicForm

    f = PublicForm({})
    assert not f.is_valid()
    from django.template.loader import render_to_string

    print(render_to_string("components/public_form.html", {"form": f, "submit": "Envoyer"}))
