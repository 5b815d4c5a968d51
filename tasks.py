"""The commands of the talk: `invoke --list` shows them, `invoke --help NAME` more."""

from invoke.collection import Collection

from demos.support.commands import demo, slugs

namespace = Collection()
namespace.add_collection(Collection("demo", *map(demo, slugs())))
