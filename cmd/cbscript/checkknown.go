package main

import (
	"fmt"
	"net/url"

	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/runtime/check"
)

// knownValues are what the user's own profiles hold and no script should: secrets, and the names of servers.
func (p *program) knownValues(files []string) []check.KnownValue {
	var known []check.KnownValue
	add := func(f credentials.Found, what, value string, name bool) {
		if value != "" {
			known = append(known, check.KnownValue{
				Label: fmt.Sprintf("%s of the %s profile %q", what, f.Profile.Product, f.Profile.Name), Value: value, Name: name})
		}
	}
	for _, product := range credentials.Products() {
		o := p.credentialOptions(product, files)
		o.Warn = nil
		found, err := credentials.List(o)
		if err != nil {
			continue // using the file says what is wrong with it
		}
		for _, f := range found {
			add(f, "token", f.Profile.Token.Reveal(), false)
			add(f, "RabbitMQ password", f.Profile.RabbitMQ.Pass.Reveal(), false)
			if proxy, err := url.Parse(f.Profile.Proxy.Reveal()); err == nil {
				password, _ := proxy.User.Password()
				add(f, "proxy password", password, false)
			}
			add(f, "org key", f.Profile.OrgKey, true)
			if origin, err := f.Profile.Origin(); err == nil {
				add(f, "host name", origin.Hostname(), true)
			}
		}
	}
	return known
}
