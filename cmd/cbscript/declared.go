package main

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/guard"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/bundle"
	"github.com/cbscript/cbscript/runtime/check"
)

// declared gives the capabilities that a script declares: those of its own meta(needs=), and no more than its bundle
// declares when it is in one. It is nil for a script that declares none, which is then bound by --allow alone.
func declared(script *runtime.Script, bundles *lazyBundles) ([]client.Capability, error) {
	var declarations [][]string
	meta, err := check.ReadMeta(script.Name, []byte(script.Source))
	if err == nil && meta != nil && meta.Needs != nil { // a script that does not parse does not run
		declarations = append(declarations, meta.Needs)
	}
	if name, _, ok := bundle.SplitModule(strings.TrimPrefix(script.Name, bundleScheme)); ok && strings.HasPrefix(script.Name, bundleScheme) {
		needs, err := bundles.needs(name)
		if err != nil {
			return nil, err
		}
		declarations = append(declarations, needs)
	}
	if len(declarations) == 0 {
		return nil, nil
	}
	return slices.DeleteFunc(client.Capabilities(), func(c client.Capability) bool {
		return slices.ContainsFunc(declarations, func(needs []string) bool { return !slices.Contains(needs, string(c)) })
	}), nil
}

// withheld takes the files of a script that does not declare that it makes any.
type withheld struct{}

var _ runtime.Artifacts = withheld{}

// Save refuses a file.
func (withheld) Save(_ context.Context, name string, _ io.Reader) (int64, error) {
	return 0, guard.Undeclared(client.Artifacts, "the file "+name)
}
