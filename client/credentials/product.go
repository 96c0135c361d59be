package credentials

import (
	"fmt"
	"strings"

	"github.com/cbscript/cbscript/client/nearest"
)

// Product names a server's product, as its credential files do. The zero value names none.
type Product string

// The products.
const (
	Response   Product = "response"   // Cb Response
	Protection Product = "protection" // Cb Protection
	Defense    Product = "defense"    // Cb Defense
)

// Products lists the products.
func Products() []Product { return []Product{Response, Protection, Defense} }

// Title is the product's name for people, as "Cb Response".
func (p Product) Title() string {
	if p == "" {
		return "Cb"
	}
	return "Cb " + strings.ToUpper(string(p[:1])) + string(p[1:])
}

// check refuses a product that there is not, with the nearest that there is.
func (p Product) check() error {
	var names []string
	for _, known := range Products() {
		if p == known {
			return nil
		}
		names = append(names, string(known))
	}
	e := &Error{Product: p, Message: fmt.Sprintf("unknown product %q: want response, protection or defense", string(p))}
	if near := nearest.Name(string(p), names); near != "" {
		e.Advice = fmt.Sprintf("did you mean %q?", near)
	}
	return e
}
