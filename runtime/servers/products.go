package servers

import (
	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/defense"
	"github.com/cbscript/cbscript/client/protection"
	"github.com/cbscript/cbscript/client/response"
)

// Products gives the tables of the products that scripts can speak to. The first is the one whose names a script sees
// without a load.
func Products() []*client.Product {
	return []*client.Product{response.API(), protection.API(), defense.API()}
}

// module is the name under which a script loads a product.
func module(p *client.Product) string { return "cb/" + p.Name }
