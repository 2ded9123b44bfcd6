"""Reads cell parameters with PyBaMM and prints as JSON what it made of them, and of a minute's discharge.

read-cell.py bpx FILE | flat FILE | base FILE (writes PyBaMM's own Chen2020 as flat JSON)
"""

import json
import os
import sys
import warnings

os.environ["PYBAMM_DISABLE_TELEMETRY"] = "true"
warnings.simplefilter("ignore")
import pybamm

kind, path = sys.argv[1:]
if kind == "base":
    pybamm.ParameterValues("Chen2020").to_json(path)
    sys.exit()
read = pybamm.ParameterValues.create_from_bpx if kind == "bpx" else pybamm.ParameterValues.from_json
parameters = read(path)


def voltage(options):
    model = pybamm.lithium_ion.DFN(options)
    simulation = pybamm.Simulation(model, parameter_values=parameters)
    solution = simulation.solve([0, 60])
    efficiency = solution["Positive electrolyte transport efficiency"].entries
    return {"voltage": float(solution["Terminal voltage [V]"].entries[-1]), "efficiency": float(efficiency[0][0])}


names = [
    "Positive electrode porosity",
    "Positive electrode thickness [m]",
    "Positive electrode active material volume fraction",
    "Positive particle radius [m]",
    "Positive electrode Bruggeman coefficient (electrolyte)",
    "Positive electrode conductivity [S.m-1]",
    "Positive electrode Bruggeman coefficient (electrode)",
    "Separator porosity",
    "Separator thickness [m]",
    "Separator Bruggeman coefficient (electrolyte)",
]
out = {"version": pybamm.__version__, "parameters": {name: parameters[name] for name in names}}
out["Bruggeman"] = voltage({})
if kind == "flat":
    # The other layers need a factor, too: that of their Bruggeman coefficient, εᵇ = ε/k.
    for layer in ("Negative electrode", "Separator", "Positive electrode"):
        name = f"{layer} tortuosity factor (electrolyte)"
        porosity = parameters[f"{layer} porosity"]
        exponent = parameters[f"{layer} Bruggeman coefficient (electrolyte)"]
        if name not in parameters:
            parameters.update({name: porosity ** (1 - exponent)}, check_already_exists=False)
        if layer != "Separator":
            solid = f"{layer} tortuosity factor (electrode)"
            parameters.update({solid: 1 - porosity}, check_already_exists=False)
    out["tortuosity factor"] = voltage({"transport efficiency": "tortuosity factor"})
print(json.dumps(out))
