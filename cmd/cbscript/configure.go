package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/gate"
	"github.com/cbscript/cbscript/client/nearest"
)

// configureOptions are the flags and the argument of configure.
type configureOptions struct {
	product     credentials.Product
	profile     string
	file        string
	url         string
	fingerprint string
	unchecked   bool
	timeout     time.Duration
}

// configureCommand sets up a profile.
func (p *program) configureCommand() *cobra.Command {
	var o configureOptions
	products := make([]string, 0, 3)
	for _, product := range credentials.Products() {
		products = append(products, string(product))
	}
	cmd := &cobra.Command{
		Use:   "configure response|protection|defense",
		Short: "Set up a credential profile",
		Long: `Ask for the url and the token of a server, try them, and write a credential
profile. Everything else in the file is kept.

The token is not shown while it is typed. For Cb Response an empty token asks
for a user name and password, and obtains the token with them; the password is
not kept. For Cb Defense the API key and the connector id are asked for.

A certificate that is not trusted is shown with its SHA-256 fingerprint. When
you confirm that it is the server's, it is written beside the credential file,
and the profile trusts it and no other.

The answers may also be lines of standard input, in the order of the questions.`,
		Example: `  cbscript configure response
  cbscript configure response --profile lab --url https://cb.lab.example.com
  cbscript configure defense --credentials team.defense`,
		Args:      arguments(1, 1, "a product: response, protection or defense"),
		ValidArgs: products,
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(products, args[0]) {
				advice := "want response, protection or defense"
				if near := nearest.Name(args[0], products); near != "" {
					advice = "did you mean " + near + "?"
				}
				return usage(advice, "unknown product %q", args[0])
			}
			o.product = credentials.Product(args[0])
			ctx, stop := p.interruptible(cmd.Context())
			defer stop()
			return p.configure(ctx, o)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.profile, "profile", credentials.DefaultProfile, "write the profile `NAME`")
	flags.StringVar(&o.file, "credentials", "", "write to this `FILE` (default ~/.carbonblack/credentials.PRODUCT)")
	flags.StringVar(&o.url, "url", "", "the server's `URL`, instead of asking for it")
	flags.StringVar(&o.fingerprint, "pin", "", "trust the server's certificate if it has this SHA-256 `FINGERPRINT`, instead of asking")
	flags.BoolVar(&o.unchecked, "no-check", false, "do not connect to the server, and write the profile as it was entered")
	flags.DurationVar(&o.timeout, "timeout", 30*time.Second, "give up when the server has not answered after this `DURATION`")
	return cmd
}

// configure asks, tries and writes.
func (p *program) configure(ctx context.Context, o configureOptions) error {
	file := p.credentialOptions(o.product, nil).UserFile()
	if o.file != "" {
		file = p.path(o.file)
	}
	if file == "" {
		return usage("name the file with --credentials", "there is no home directory to keep credentials in")
	}
	c := &configuration{program: p, configureOptions: o, file: file, ask: p.prompter(),
		gate: []gate.Option{gate.WithTimeout(o.timeout), gate.WithSystemProxy(p.getenv), gate.WithMaxRetries(0)}}
	if err := c.begin(ctx); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{c.askURL, c.trust, c.askToken, c.try} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if err := c.writePinned(); err != nil {
		return err
	}
	if err := credentials.Save(file, c.made); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "wrote the %s profile %q for %s to %s\n", o.product.Title(), o.profile, c.made.URL, file)
	return nil
}

// configuration is a profile in the making.
type configuration struct {
	*program
	configureOptions
	file   string
	ask    *prompter
	gate   []gate.Option
	made   credentials.Profile
	pinned []byte // the certificate to be written to made.CertFile
}

// begin takes over what the file says of the profile, if it is there, and asks whether it shall be replaced.
func (c *configuration) begin(ctx context.Context) error {
	c.made, _ = credentials.New(c.product, "", "") // only its defaults: the url and token are asked for
	c.made.Name = c.profile
	o := c.credentialOptions(c.product, nil)
	o.Files = []string{c.file}
	o.Warn = nil
	found, err := credentials.List(o)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(found, func(f credentials.Found) bool { return f.Profile.Name == c.profile })
	if i < 0 {
		return nil
	}
	c.made = found[i].Profile
	yes, err := c.ask.confirm(ctx, fmt.Sprintf("%s has a profile %q for %s. Replace its url and token?", c.file, c.profile, shownURL(found[i])))
	if err == nil && !yes {
		err = usage("another name is given with --profile", "nothing was written")
	}
	return err
}

// askURL asks for the server. What the file said of its trust is kept for the same server only.
func (c *configuration) askURL(ctx context.Context) error {
	before := c.made
	for url := c.url; ; url = "" {
		if url == "" {
			var err error
			if url, err = c.ask.ask(ctx, fmt.Sprintf("Url of the %s server, as https://HOST or https://HOST:PORT", c.product.Title())); err != nil {
				return err
			}
		}
		c.made.URL = url
		origin, err := c.made.Origin()
		if err == nil {
			c.made.URL = origin.String()
			break
		}
		if c.url != "" || !c.ask.terminal {
			var wrong *credentials.Error
			if errors.As(err, &wrong) {
				return usage(wrong.Hint(), "url %s", wrong.Message)
			}
			return err
		}
		c.report(err)
	}
	if c.made.URL != before.URL {
		c.made.CertFile, c.made.SkipVerify, c.made.SkipHostname = "", false, false
	}
	return nil
}

// askToken asks for the token, in the form that the product gives it to people.
func (c *configuration) askToken(ctx context.Context) error {
	var token string
	var err error
	switch c.product {
	case credentials.Defense:
		token, err = c.askDefenseKey(ctx)
	case credentials.Response:
		token, err = c.ask.askHidden(ctx, "API token, which is not shown (empty to log in with a user name and password)")
		if err == nil && token == "" {
			token, err = c.logIn(ctx)
		}
	default:
		token, err = c.ask.askHidden(ctx, "API token, which is not shown")
	}
	if err != nil {
		return err
	}
	c.made.Token = credentials.NewSecret(token)
	return c.made.Check()
}

// askDefenseKey asks for the parts of a Cb Defense token, and for the organisation.
func (c *configuration) askDefenseKey(ctx context.Context) (string, error) {
	connector, err := c.ask.ask(ctx, "Connector ID")
	if err != nil {
		return "", err
	}
	key, err := c.ask.askHidden(ctx, "API key, which is not shown")
	if err != nil {
		return "", err
	}
	organisation, err := c.ask.ask(ctx, "Org key (empty when there is none)")
	if err != nil {
		return "", err
	}
	c.made.OrgKey = organisation
	return key + "/" + connector, nil
}
