package servers

import (
	"maps"
	"slices"
	"sync"

	"go.starlark.net/starlark"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/runtime/check"
)

// Surface says what the names of a script mean, for package check: everything is read from the tables of the products
// and of the builtins, when it is first asked for. It is safe for concurrent use.
type Surface struct {
	tables func() *tables
}

var _ check.Surface = Surface{}

// NewSurface makes the surface of the scripts that a pool serves.
func NewSurface() Surface { return Surface{sync.OnceValue(readTables)} }

// tables are what the names mean.
type tables struct {
	capabilities map[string][]string
	setting      map[string][]string // fields
	predeclared  map[string]string   // the product, or ""
	models       map[[2]string]bool
	secrets      map[string]bool
}

func readTables() *tables {
	t := &tables{capabilities: map[string][]string{}, setting: map[string][]string{}, predeclared: map[string]string{}, models: map[[2]string]bool{}, secrets: map[string]bool{}}
	products := Products()
	for _, names := range []starlark.StringDict{builtins.Predeclared(), bindings.FreeFunctions(products...)} {
		for name := range names {
			t.predeclared[name] = ""
		}
	}
	for name := range bindings.NewConnection(products[0], nil).Names() {
		t.predeclared[name] = products[0].Name
	}
	for _, b := range builtins.All() {
		t.need(b.Name, b.Needs)
		for _, member := range b.Members {
			t.need(member.Name[len(b.Name)+1:], member.Needs)
		}
	}
	for _, p := range products {
		for _, call := range p.Calls {
			t.need(call.Name, call.Capability)
		}
		for _, r := range p.Records {
			for _, m := range r.Methods {
				if r.Through == "" {
					t.need(m.Name, m.Capability)
				}
			}
		}
		for _, k := range p.Kinds {
			t.kind(p, k)
		}
	}
	for _, list := range t.capabilities {
		slices.Sort(list)
	}
	for _, list := range t.setting {
		slices.Sort(list)
	}
	return t
}

func (t *tables) kind(p *client.Product, k *client.Kind) {
	t.models[[2]string{p.Name, k.Name}] = true
	for _, f := range k.Fields {
		note(t.setting, f.Name, f.Capability)
		t.secrets[f.Name] = t.secrets[f.Name] || f.Secret
	}
	for _, m := range k.Methods {
		t.need(m.Name, m.Capability)
		for _, also := range m.Also {
			t.need(m.Name, also)
		}
	}
	for _, m := range k.QueryMethods() {
		t.need(m.Name, m.Capability)
	}
	if k.Allows.Can(client.CanCreate) {
		t.need("create", k.Capability)
	}
}

func (t *tables) need(name string, c client.Capability) { note(t.capabilities, name, c) }

func note(list map[string][]string, name string, c client.Capability) {
	if c != client.Read && !slices.Contains(list[name], string(c)) {
		list[name] = append(list[name], string(c))
	}
}

// Setting gives the capabilities that assigning to a field of that name may need.
func (s Surface) Setting(name string) []string { return s.tables().setting[name] }

// Capabilities gives the capabilities that a method or function of that name may need, over every model and record that
// has it.
func (s Surface) Capabilities(name string) []string { return s.tables().capabilities[name] }

// Predeclared reports whether a script sees a name without a load, and which product it speaks to.
func (s Surface) Predeclared(name string) (product string, ok bool) {
	product, ok = s.tables().predeclared[name]
	return product, ok
}

// Model reports whether a product has a model of that name.
func (s Surface) Model(product, name string) bool { return s.tables().models[[2]string{product, name}] }

// Secret reports whether a field of that name takes a credential.
func (s Surface) Secret(name string) bool { return s.tables().secrets[name] }

// Names lists the names that a script sees without a load, sorted.
func (s Surface) Names() []string { return slices.Sorted(maps.Keys(s.tables().predeclared)) }
