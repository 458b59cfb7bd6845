import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('resources', '0001_initial'),
        ('territory', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='DownloadCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='jour')),
                ('number', models.PositiveIntegerField(verbose_name='téléchargements')),
                ('commune', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='download_counts', to='territory.commune', verbose_name='commune')),
                ('page', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='download_counts', to='resources.resourcepage', verbose_name='ressource')),
            ],
            options={
                'verbose_name': 'nombre de téléchargements',
                'verbose_name_plural': 'nombres de téléchargements',
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('commune__isnull', True), ('page__isnull', False)), models.Q(('commune__isnull', False), ('page__isnull', True)), _connector='OR'), name='downloads_of_one_thing'),
                    models.UniqueConstraint(condition=models.Q(('page__isnull', False)), fields=('day', 'page'), name='downloads_one_row_a_day_and_page'),
                    models.UniqueConstraint(condition=models.Q(('commune__isnull', False)), fields=('day', 'commune'), name='downloads_one_row_a_day_and_commune'),
                ],
            },
        ),
    ]
