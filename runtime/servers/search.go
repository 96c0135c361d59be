package servers

import (
	"fmt"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/gate"
)

// Search says which profile is meant by a product and a role, and how its server is reached. Credentials is required.
type Search struct {
	// Profile is the profile of every product's usual server. Empty means $CBSCRIPT_PROFILE, or "default".
	Profile string
	// Roles are the profiles of further servers, by role. The name of a product is the role of its usual server.
	Roles map[string]string
	// Credentials gives the files to search for a product. The profile's name in it is replaced.
	Credentials func(credentials.Product) credentials.Options
	// Gate are the options of every gate.
	Gate []gate.Option
	// Found is told which profile is used for what. Nil tells nobody.
	Found func(role string, profile credentials.Profile)
}

// Open is for [Config]: it finds the profile and makes its gate. It fails with a [*credentials.Error].
func (s Search) Open(product *client.Product, role string) (*gate.Gate, error) {
	o := s.Credentials(credentials.Product(product.Name))
	switch name, ok := s.Roles[role]; {
	case ok:
		o.Profile = name
	case role != "":
		return nil, &credentials.Error{Product: o.Product,
			Message: fmt.Sprintf("no profile was given for the role %q", role),
			Advice:  fmt.Sprintf("run again with --profile %s=NAME", role)}
	case s.Roles[product.Name] != "":
		o.Profile = s.Roles[product.Name]
	default:
		o.Profile = s.Profile
	}
	profile, err := credentials.Find(o)
	if err != nil {
		return nil, err
	}
	if s.Found != nil {
		s.Found(role, profile)
	}
	return gate.New(profile, s.Gate...)
}
