package demo_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/defense"
	"github.com/cbscript/cbscript/client/demo"
	"github.com/cbscript/cbscript/client/gate"
	"github.com/cbscript/cbscript/client/protection"
	"github.com/cbscript/cbscript/client/response"
	"github.com/cbscript/cbscript/client/simulator"
)

func Example() {
	d, err := demo.Start(simulator.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer d.Close()
	cb := response.New(d.Gate)
	facts, err := cb.Facts(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(facts.Version)
	// Output: 6.2.0.171114.1158
}

func TestWrongToken(t *testing.T) {
	server, err := simulator.Start(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	profile, err := credentials.New(credentials.Response, server.URL(), strings.Repeat("f", 40))
	if err != nil {
		t.Fatal(err)
	}
	g, err := gate.New(profile, gate.WithCertificates(server.CertificatePEM()))
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	_, err = response.New(g).Facts(t.Context())
	var refused *client.UnauthorizedError
	if !errors.As(err, &refused) {
		t.Errorf("got %v, want an UnauthorizedError", err)
	}
}

// TestConnectToEveryProduct: one simulator speaks the APIs of all products, each with its token.
func TestConnectToEveryProduct(t *testing.T) {
	server, err := simulator.Start(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for product, open := range map[credentials.Product]func(client.Server, ...client.Option) *client.Client{
		credentials.Response: response.New, credentials.Protection: protection.New, credentials.Defense: defense.New,
	} {
		g, err := demo.Connect(server, product)
		if err != nil {
			t.Fatal(err)
		}
		defer g.Close()
		cb := open(g)
		if o, err := cb.Select(cb.Product().Kinds[0]).First(t.Context()); err != nil || o == nil {
			t.Errorf("%s: %v, %v", product, o, err)
		}
	}
}

func TestBadCertificatesAreRefused(t *testing.T) {
	server, err := simulator.Start(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	if _, err := demo.Connect(server, "response", gate.WithCertificates([]byte("no certificate"))); err == nil {
		t.Error("text without a certificate was trusted")
	}
}
