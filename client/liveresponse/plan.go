package liveresponse

import (
	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/jobs"
)

type planKey struct{}

// WithPlan has the jobs of a client follow a plan. Clients of several servers that a run uses share one.
func WithPlan(plan *jobs.Plan) client.Option {
	return func(c *client.Client) { c.Part(planKey{}, func() any { return plan }) }
}

// planOf gives the plan of a client, nil when it has none.
func planOf(c *client.Client) *jobs.Plan {
	plan, _ := c.Part(planKey{}, func() any { return (*jobs.Plan)(nil) }).(*jobs.Plan)
	return plan
}
