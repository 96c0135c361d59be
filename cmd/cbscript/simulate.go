package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/simulator"
)

// simulateOptions are the flags of simulate.
type simulateOptions struct {
	server   simulator.Options
	certFile string
	profile  string
	product  string
	logged   bool
}

// simulateCommand serves the simulator to other programs.
func (p *program) simulateCommand() *cobra.Command {
	var o simulateOptions
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Serve a demo server with made-up data",
		Long: `Serve a demo server until Ctrl-C: Cb Response, Cb Protection and Cb Defense over
HTTPS, on this machine, whose data tell of an intrusion at a company of some fifty
endpoints. It keeps what is changed until it ends.

It first prints the credential profile of one of the products. Put it into a
credential file, and both cbscript and cbapi reach the server. Its token opens
nothing else.`,
		Example: `  cbscript simulate
  cbscript simulate --addr 127.0.0.1:8443 --latency 20ms
  cbscript simulate --version 5.1.0 > lab.response
  cbscript simulate --product defense > lab.defense
  cbscript run --credentials lab.response hunt.star`,
		Args: arguments(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := p.interruptible(cmd.Context())
			defer stop()
			return p.simulate(ctx, o)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.server.Addr, "addr", "127.0.0.1:0", "listen on this `ADDRESS`; port 0 is any free one")
	flags.StringVar(&o.server.Version, "version", simulator.DefaultVersion, "behave as this `VERSION` of Cb Response")
	flags.DurationVar(&o.server.Latency, "latency", 0, "answer each request after this `DURATION`")
	flags.IntVar(&o.server.Bulk, "bulk", 0, "add `N` further processes, for measurements")
	flags.StringVar(&o.certFile, "cert-file", "", "write the server's certificate to this `FILE`, and keep it (default a temporary file)")
	flags.StringVar(&o.profile, "profile", credentials.DefaultProfile, "call the printed profile `NAME`")
	flags.StringVar(&o.product, "product", string(credentials.Response), "print the profile of this `PRODUCT`: response, protection or defense")
	flags.BoolVar(&o.logged, "verbose", false, "write a line for each request to standard error")
	return cmd
}

// simulate serves until ctx ends.
func (p *program) simulate(ctx context.Context, o simulateOptions) error {
	product := credentials.Product(o.product)
	if !slices.Contains(credentials.Products(), product) {
		return usage("want response, protection or defense", "unknown product %q for --product", o.product)
	}
	if o.logged {
		o.server.Logger = p.logger(true)
	}
	server, err := simulator.Start(o.server)
	if err != nil {
		return usage("--addr and --version say where and what is served", "%w", err)
	}
	defer server.Close()
	certFile, remove, err := p.certificateFile(o.certFile, server.CertificatePEM())
	if err != nil {
		return err
	}
	defer remove()
	fmt.Fprintf(p.out, "# a demo of %s: its data are made up, its token opens nothing else\n", product.Title())
	fmt.Fprintf(p.out, "[%s]\nurl=%s\ntoken=%s\nssl_verify=True\nssl_cert_file=%s\n",
		o.profile, reachable(server.URL()), server.TokenFor(o.product), certFile)
	p.complain("note", "serving until Ctrl-C")
	<-ctx.Done()
	return nil
}

// certificateFile writes a certificate where clients can read it. remove takes it away unless it was asked for by name.
func (p *program) certificateFile(file string, pem []byte) (name string, remove func(), err error) {
	if file != "" {
		name = p.path(file)
		return name, func() {}, os.WriteFile(name, pem, 0o644)
	}
	dir, err := os.MkdirTemp("", "cbscript-simulator-")
	if err != nil {
		return "", nil, err
	}
	name = filepath.Join(dir, "certificate.pem")
	remove = func() { _ = os.RemoveAll(dir) } // what is left is a public certificate in a temporary directory
	if err := os.WriteFile(name, pem, 0o644); err != nil {
		remove()
		return "", nil, err
	}
	return name, remove, nil
}

// reachable is the url of a server on this machine, also when it listens on every address.
func reachable(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return text
	}
	if ip := net.ParseIP(u.Hostname()); ip != nil && ip.IsUnspecified() {
		u.Host = net.JoinHostPort("127.0.0.1", u.Port())
	}
	return u.String()
}
