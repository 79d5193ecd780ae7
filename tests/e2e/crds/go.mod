module kdelta.dev/e2e/crds

go 1.26.0

require (
	github.com/kong/kubernetes-configuration v1.5.3
	sigs.k8s.io/gateway-api v1.6.1
)
