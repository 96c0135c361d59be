package builtins_test

import (
	"testing"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/response"
)

// A method that has the name of a builtin could not be called as a function, and a model of that name would hide it.
func TestNamesOfTheHostAndOfServersDiffer(t *testing.T) {
	ours := builtins.Predeclared()
	for _, product := range []*client.Product{response.API()} {
		names := bindings.FreeFunctions(product)
		for name, v := range bindings.NewConnection(product, nil).Names() {
			if names[name] != nil {
				t.Errorf("%s is both a method and a name of cb/%s", name, product.Name)
			}
			names[name] = v
		}
		for _, name := range names.Keys() {
			if ours[name] != nil {
				t.Errorf("%s of cb/%s is also a builtin", name, product.Name)
			}
		}
	}
}
