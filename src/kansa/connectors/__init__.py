"""From a system's bytes to records: one folder per system, one contract for all.

A source reads bytes and says what became of every row: a draft, quarantined with file, line, field and reason, or
passed over for a stated reason. It never drops a row. `ingest` gives the drafts to whoever appends.

How to write a connector (docs/howto/new-source.md does it step by step):

- One folder, `connectors/<id>/` here or a package of your own, and one folder of tests. `connector.py` in it holds
  `CONNECTOR`, a `connector.Connector`: id, title, what it reads, kinds of record, `FieldRow`s (field → record, in both
  languages: `tools/generate-docs` draws them into docs/sources/fields), natural key, cadence, `make`.
- One line in `pyproject.toml` under `[project.entry-points."kansa.connectors"]`: `<id> = "…connector:CONNECTOR"`. An
  editable install must be made again to see it: `uv pip install --no-deps --editable .` (`make` does). Then `kansa ingest
  <id> PATH…|DIR`, folders of mappings, `kansa collect`, `kansa schema <id>` and the documentation find it. A folder given
  as a path is read file by file, sorted; hidden files are none.
- `make(Setup)` returns a `base.Source` that serves one ingest: `survey(paths)` looks through all files first where one
  says something of another, `rows(path, names)` yields one `Parsed`, `Quarantined` or `Skipped` for each row in order,
  `window`, `remarks` close it. A source with nothing to say there derives from `base.PlainSource`.
- Facts become `Draft`s of kinds in `kansa.records.kinds`, with an honest `known_by`, a `natural_key` that is the same
  however often and in whatever file the fact is read, and `progresses` only if the system's rows change (else another
  content under the same key is refused, and both are shown).
- `names.find(system, key)` says which subject a key of the system's books means, `names.introduce(kind, system, key)`
  mints one. Records carry ids, never keys; a key goes into sealed fields.
- Options are a pydantic model that derives from `options_file.ConnectorOptions`, described in both languages with `doc`,
  imported in `Connector.options` and not before; `Setup.options` is the file, read with `config_files.models.read_model`.
- Bytes come through `formats.opened` (gzip, bzip2, xz; bounded), lines through `formats.lines`, JSON through
  `formats.json_values`, XML through `formats.xml_stream`: they hold the limits of size and depth.
- A live system is asked in `pull(get, address)`, which yields files as an operator would save them: the same `rows`
  reads them then, and a test needs no network. `get` adds credentials, trust and limits.
- Every message has its Japanese in `kansa.texts.messages.sources`.
"""
