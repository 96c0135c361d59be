package response_test

import (
	"testing"

	"github.com/cbscript/cbscript/client/demo"
	"github.com/cbscript/cbscript/client/response"
	"github.com/cbscript/cbscript/client/simulator"
)

// TestReadingTwice: a query that is read twice gives each process twice, which says nothing about segments.
func TestReadingTwice(t *testing.T) {
	d, err := demo.Start(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var log warnings
	q := response.New(d.Gate, log.option()).Select(response.Process).Where("process_name:net.exe")
	for range 2 {
		for _, err := range q.All(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if log.Len() > 0 {
		t.Errorf("warned about %s", log.String())
	}
}
