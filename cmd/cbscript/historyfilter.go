package main

import (
	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/gate"
	"github.com/cbscript/cbscript/runtime/check"
)

// secretInput gives what tells whether an input must not be kept: it holds a secret of one of the user's profiles, or
// what looks like a credential.
func (p *program) secretInput(o hostOptions) func(input string) bool {
	known := p.knownSecrets(o.files)
	return func(input string) bool {
		if known.Contains(input) {
			return true
		}
		report, err := check.Script("input", []byte(input), check.Options{})
		if err != nil {
			return true // too long to be judged
		}
		for _, f := range report.Findings {
			if f.Severity == check.Error && f.Excerpt != "" { // only a finding about a value has one
				return true
			}
		}
		return false
	}
}

// knownSecrets finds the secrets of every profile that there is, without telling them.
func (p *program) knownSecrets(files []string) *gate.Redactor {
	var secrets []credentials.Secret
	for _, product := range credentials.Products() {
		o := p.credentialOptions(product, files)
		o.Warn = nil
		found, err := credentials.List(o)
		if err != nil {
			continue // using the file says what is wrong with it
		}
		for _, f := range found {
			secrets = append(secrets, f.Profile.Token, f.Profile.Proxy, f.Profile.RabbitMQ.Pass)
		}
	}
	return gate.NewRedactor(secrets...)
}
