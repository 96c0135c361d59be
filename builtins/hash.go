package builtins

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"

	"github.com/cbscript/cbscript/bindings/attrs"
	"go.starlark.net/starlark"
)

func hashlibModule() Builtin {
	in := Param{Name: "data", Default: `b""`, Doc: "string or bytes"}
	doc := "Begins a hash: its hexdigest() is the text that servers and indicators use."
	return module("hashlib", "Hashes.",
		function("hashlib.md5", newHash("md5", md5.New), "hash", doc, in),
		function("hashlib.sha1", newHash("sha1", sha1.New), "hash", doc, in),
		function("hashlib.sha256", newHash("sha256", sha256.New), "hash", doc, in),
	)
}

func newHash(name string, algorithm func() hash.Hash) attrs.Func {
	return func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var d data
		if err := starlark.UnpackArgs(b.Name(), args, kwargs, "data?", &d); err != nil {
			return nil, err
		}
		h := &Hash{name: name, state: algorithm()}
		h.state.Write([]byte(d))
		return h, nil
	}
}

// Hash is the Starlark value of a hash that more data can be added to until it is frozen.
type Hash struct {
	name   string
	state  hash.Hash
	frozen bool
}

var _ starlark.HasAttrs = (*Hash)(nil)

// String gives the algorithm and the digest so far.
func (h *Hash) String() string { return fmt.Sprintf("<%s %x>", h.name, h.state.Sum(nil)) }

// Type is "hash".
func (h *Hash) Type() string { return "hash" }

// Freeze ends the adding of data.
func (h *Hash) Freeze() {
	if !h.frozen { // a frozen value may be shared, so it must not be written to
		h.frozen = true
	}
}

// Truth is always true.
func (h *Hash) Truth() starlark.Bool { return true }

// Hash fails: a hash changes as data is added.
func (h *Hash) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: %s", h.Type()) }

// Attr gives the attributes of a hash.
func (h *Hash) Attr(name string) (starlark.Value, error) { return hashAttrs.Get(h, name) }

// AttrNames gives their names, sorted.
func (h *Hash) AttrNames() []string { return hashAttrs.Names() }

// AttrDocs describes them.
func (h *Hash) AttrDocs() []attrs.Doc { return hashAttrs.Docs() }

var hashAttrs = attrs.Table[*Hash]{
	"name": attrs.Field("the algorithm", func(h *Hash) starlark.Value { return starlark.String(h.name) }),
	"update": attrs.Method[*Hash]("update(data)", "adds data",
		func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var d data
			if err := starlark.UnpackArgs(b.Name(), args, kwargs, "data", &d); err != nil {
				return nil, err
			}
			h := attrs.Receiver[*Hash](b)
			if h.frozen {
				return nil, fmt.Errorf("%s: cannot add to a frozen hash", b.Name())
			}
			h.state.Write([]byte(d))
			return starlark.None, nil
		}),
	"digest": attrs.Method[*Hash]("digest()", "the hash of the data so far, as bytes",
		digest(func(sum []byte) starlark.Value { return starlark.Bytes(sum) })),
	"hexdigest": attrs.Method[*Hash]("hexdigest()", "the same as hexadecimal digits",
		digest(func(sum []byte) starlark.Value { return starlark.String(hex.EncodeToString(sum)) })),
}

func digest(form func([]byte) starlark.Value) attrs.Func {
	return func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if err := starlark.UnpackArgs(b.Name(), args, kwargs); err != nil {
			return nil, err
		}
		return form(attrs.Receiver[*Hash](b).state.Sum(nil)), nil
	}
}
