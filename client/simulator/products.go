package simulator

import (
	"slices"

	"github.com/cbscript/cbscript/client/simulator/defense"
	"github.com/cbscript/cbscript/client/simulator/protection"
	"github.com/cbscript/cbscript/client/simulator/response"
	"github.com/cbscript/cbscript/client/simulator/route"
)

// products makes the APIs behind a server and gives their routes. A further product is one more entry here.
func products(s *Server) ([]route.Route, error) {
	cbr, err := response.New(s.story, response.Options{
		Version:         s.opts.Version,
		Token:           s.opts.Token,
		Bulk:            s.opts.Bulk,
		LegacyPartition: s.opts.LegacyPartition,
		Fleet:           s.opts.Fleet,
		LiveResponse:    s.opts.LiveResponse,
	})
	if err != nil {
		return nil, err
	}
	s.response = cbr
	cbp, err := protection.New(s.story, protection.Options{Version: s.opts.ProtectionVersion})
	if err != nil {
		return nil, err
	}
	s.defense = defense.New(s.story, s.opts.DefenseToken, s.opts.LiveResponse)
	return slices.Concat(
		cbr.Routes(),
		cbp.Routes(),
		s.defense.Routes(),
	), nil
}
