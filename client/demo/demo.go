// Package demo starts the simulator in the same process and connects to it, so that anything can be tried and tested
// without credentials and without a network.
//
//	d, err := demo.Start(simulator.Options{})
//	if err != nil { ... }
//	defer d.Close()
//	cb := response.New(d.Gate)
package demo

import (
	"errors"

	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/gate"
	"github.com/cbscript/cbscript/client/simulator"
)

// ProfileName is the name of the profile that a demo's gate has.
const ProfileName = "demo"

// Demo is a running simulator and the way to it.
type Demo struct {
	Simulator *simulator.Server
	Gate      *gate.Gate // of Cb Response
}

// Start starts a simulator and makes a gate to it. The caller closes the demo.
func Start(sim simulator.Options, options ...gate.Option) (*Demo, error) {
	server, err := simulator.Start(sim)
	if err != nil {
		return nil, err
	}
	g, err := Connect(server, credentials.Response, options...)
	if err != nil {
		return nil, err
	}
	return &Demo{Simulator: server, Gate: g}, nil
}

// Connect makes a gate to a simulator's API of a product. The caller closes it. When it fails the simulator is closed.
func Connect(server *simulator.Server, product credentials.Product, options ...gate.Option) (*gate.Gate, error) {
	profile, err := credentials.New(product, server.URL(), server.TokenFor(string(product)))
	if err != nil {
		return nil, errors.Join(err, server.Close())
	}
	profile.Name = ProfileName
	g, err := gate.New(profile, append([]gate.Option{gate.WithCertificates(server.CertificatePEM())}, options...)...)
	if err != nil {
		return nil, errors.Join(err, server.Close())
	}
	return g, nil
}

// Close ends the requests that are under way and stops the simulator.
func (d *Demo) Close() error { return errors.Join(d.Gate.Close(), d.Simulator.Close()) }
