package servers

import (
	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/defense"
	"github.com/cbscript/cbscript/client/liveresponse"
	"github.com/cbscript/cbscript/client/response"
)

// LiveResponse gives the products that have Live Response by their names, for who opens sessions without a script. The
// first is the usual one.
func LiveResponse() []LiveProduct {
	return []LiveProduct{{response.API(), response.LiveResponse()}, {defense.API(), defense.LiveResponse()}}
}

// LiveResponseNames gives the names of those products, in the same order, without their tables.
func LiveResponseNames() []string { return []string{response.Name, defense.Name} }

// LiveProduct is a product that has Live Response.
type LiveProduct struct {
	*client.Product
	Live liveresponse.Product
}
