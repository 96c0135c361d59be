// Package rawread reads a demo server as fast as it and the network allow: what benchmarks of the client and of scripts
// compare themselves with. It is for benchmarks alone.
package rawread

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/cbscript/cbscript/client/demo"
)

// pageRows is how many results a request asks for, as the client does.
const pageRows = 100

// Pages reads the first results of the further processes of a demo that was started with Bulk, page by page, one after the
// other, and looks at nothing.
func Pages(ctx context.Context, d *demo.Demo, results int) error {
	buffer := make([]byte, 64<<10)
	for at := 0; at < results; at += pageRows {
		url := fmt.Sprintf("%s/api/v1/process?cb.urlver=1&facet=false&q=process_name%%3Abulk.exe&rows=%d&sort=last_update+desc&start=%d",
			d.Simulator.URL(), pageRows, at)
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		resp, err := d.Gate.RoundTrip(req)
		if err != nil {
			return err
		}
		_, err = io.CopyBuffer(io.Discard, resp.Body, buffer)
		resp.Body.Close()
		if err != nil {
			return fmt.Errorf("read the results from %d on: %w", at, err)
		}
	}
	return nil
}
