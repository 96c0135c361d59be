package check

import (
	"io/fs"
	"strings"
)

// Options says what a check looks for beyond the rules. The zero value applies the rules alone: names are not
// resolved against a surface, and the needs of a script hold no capabilities.
type Options struct {
	// Surface gives names their meaning: capabilities, models, predeclared names, credential fields.
	Surface Surface
	// Known are values of the author's own profiles, looked for exactly.
	Known []KnownValue
	// AllowNames turns the findings about known names (hosts, org keys, domains) off.
	AllowNames bool
	// Load gives the source of a module that a script loads, for its needs; the module's own findings are not part
	// of the script's report. Nil, or an error, leaves the module's needs out and lists the module as not read.
	Load func(module string) ([]byte, error)
	// Bundle gives the files of an installed bundle, "author/name", of which the digest was checked: what a script loads
	// from it counts among its needs. An error is told in a finding. Nil leaves the modules of bundles out and lists them as
	// not read.
	Bundle func(name string) (fs.FS, error)
	// MaxFileSize bounds what is read of one file, in bytes; a larger file is a finding. Zero means 64 MiB.
	MaxFileSize int64
}

// KnownValue is a secret or a name that must not leave the author's machine, such as the token of a profile.
// Values of fewer than 6 bytes are not looked for, which the report says for secrets.
type KnownValue struct {
	// Label names the value in findings, such as "token of profile lab". It must not contain the value.
	Label string
	// Value is the text to look for: raw in any case, reversed, in base64 at its three alignments, in hex and
	// escaped as in a URL, each also as UTF-16 where PowerShell would write it so.
	Value string
	// Name marks customer data that is no secret: a server's host name, an org key, a mail domain. A name is looked for
	// as it is, in any case, where it is not a part of a longer word.
	Name bool
}

// Surface says what the names of a script mean. It is declared here and derived by the caller from its model tables,
// so that a new model needs no change in this package. Implementations must be safe for concurrent use.
type Surface interface {
	// Capabilities gives the capabilities that a method or function of that name may need, over every model and other
	// value that has it; nil when it needs none.
	Capabilities(name string) []string
	// Setting gives those that assigning to a field of that name may need beyond those of saving it.
	Setting(name string) []string
	// Predeclared reports whether a script sees name without a load, and which product it speaks to ("" for none).
	Predeclared(name string) (product string, ok bool)
	// Model reports whether product has a model of that name.
	Model(product, name string) bool
	// Secret reports whether a field or parameter of that name takes a credential.
	Secret(name string) bool
}

const (
	defaultMaxFileSize = 64 << 20
	// maxScriptSize bounds the text that is parsed: a chain of operators takes about 500 bytes of stack for each.
	maxScriptSize = 1 << 20
)

func (o Options) maxFileSize() int64 {
	if o.MaxFileSize <= 0 {
		return defaultMaxFileSize
	}
	return o.MaxFileSize
}

// capabilities, setting, secret and predeclared answer for a missing surface too.
func (o Options) capabilities(name string) []string {
	if o.Surface == nil {
		return nil
	}
	return o.Surface.Capabilities(name)
}

func (o Options) setting(name string) []string {
	if o.Surface == nil {
		return nil
	}
	return o.Surface.Setting(name)
}

func (o Options) secret(name string) bool { return o.Surface != nil && o.Surface.Secret(name) }

// predeclaredIn tells which names a file sees. The tests of scripts see the modules of the test runner besides.
func (o Options) predeclaredIn(file string) func(name string) bool {
	if !strings.HasSuffix(file, "_test.star") {
		return o.predeclared
	}
	return func(name string) bool { return name == "assert" || name == "test" || o.predeclared(name) }
}

func (o Options) predeclared(name string) bool {
	if o.Surface == nil {
		return true
	}
	_, ok := o.Surface.Predeclared(name)
	return ok
}
