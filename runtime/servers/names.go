package servers

import (
	"errors"
	"maps"

	"go.starlark.net/starlark"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/runtime"
)

// Predeclared gives the names that a script sees without a load: the builtins, the methods as functions, and the
// first product's connection and models. The values are those of one run.
func (p *Pool) Predeclared() starlark.StringDict {
	env := bindings.FreeFunctions(p.products...)
	maps.Copy(env, p.connection(p.products[0], "").Names())
	maps.Copy(env, builtins.Predeclared())
	return env
}

// Modules gives the products' modules. Each holds the names of the product, and connect(role) for a further server.
func (p *Pool) Modules() map[string]runtime.ModuleFunc {
	modules := make(map[string]runtime.ModuleFunc)
	for _, product := range p.products {
		modules[module(product)] = func(*starlark.Thread) (starlark.StringDict, error) {
			names := p.connection(product, "").Names()
			names["connect"] = p.connect(product)
			return names, nil
		}
	}
	return modules
}

// connection is the value of a server's connection, which is not made yet.
func (p *Pool) connection(product *client.Product, role string) *bindings.Connection {
	return bindings.NewConnection(product, func() (*client.Client, error) { return p.Client(product, role) })
}

// connect is connect(role): the connection to the server that the host knows under that role.
func (p *Pool) connect(product *client.Product) *starlark.Builtin {
	return starlark.NewBuiltin("connect", func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var role string
		if err := starlark.UnpackArgs(b.Name(), args, kwargs, "role", &role); err != nil {
			return nil, err
		}
		if role == "" {
			return nil, errors.New(b.Name() + ": for parameter role: got \"\", want the name of a role, which the host maps to a profile")
		}
		if _, err := p.Client(product, role); err != nil {
			return nil, err // at this line, not at the first use
		}
		return p.connection(product, role), nil
	})
}
