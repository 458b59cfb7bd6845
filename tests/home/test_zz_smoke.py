from tests import factories as f


def test_site(site):
    i = f.InitiativePageFactory(parent=site.initiatives)
    assert i.live and [str(c) for c in i.communes] == ["Toulouse (31)"] and i.measure_list == [site.measures[0]]
    r = f.ResourcePageFactory(parent=site.resources, measures=site.measures[:2], documents=[f.DocumentFactory()])
    assert r.files.count() == 1 and len(r.measure_list) == 2
    d = f.ResourcePageFactory(parent=site.resources, live=False)
    assert not d.live
    assert f.ImageFactory().pk
    assert f.AssemblyFactory(departements=["31"], communes=["31555"]).communes.count() == 1
    assert f.UserFactory().pk
    f.PlainPageFactory(parent=site.home)
